using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>The forward pass of a GPT of one shape, in TorchScript.</summary>
static class GptScript
{
    public static string Of(GptConfig config)
    {
        var decoder = new DecoderScript(config.Layers, config.Heads, config.Width / config.Heads, config.Positions, config.RopeTheta);
        var first = config.Positions == Positions.Learned ? 2 : 1;
        return $$"""
            {{decoder.Attention(config.Heads, config.AttentionDropout ?? config.Dropout)}}
            def attend(x: Tensor, w: List[Tensor], at: int, layer: int, turn: Tensor, mask: Optional[Tensor], cache: List[Tensor], past: int, training: bool) -> Tensor:
                qkv = torch.linear(x, w[at], w[at + 1]).view([x.size(0), x.size(1), 3, {{config.Heads}}, {{config.Width / config.Heads}}])
                q, k, v = qkv.select(2, 0).transpose(1, 2), qkv.select(2, 1).transpose(1, 2), qkv.select(2, 2).transpose(1, 2)
                y = torch.linear(attention(q, k, v, w, layer, turn, mask, cache, past, training), w[at + 2], w[at + 3])
                return torch.dropout(y, {{Residual(config)}}, training)

            def feed_forward(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
                y = torch.gelu(torch.linear(x, w[at], w[at + 1]), approximate="tanh")
                return torch.dropout(torch.linear(y, w[at + 2], w[at + 3]), {{Residual(config)}}, training)

            {{(config.Positions == Positions.Learned ? Place : "")}}
            def embed(w: List[Tensor], inputs: List[Tensor], starts: Tensor, at: Tensor, past: int, training: bool) -> Tensor:
                x = torch.embedding(w[0], inputs[0]){{(config.Positions == Positions.Learned ? " + place(w[1], inputs, starts, at, past)" : "")}}
                return torch.dropout(x, {{Literal.Of(config.EmbeddingDropout ?? config.Dropout)}}, training)

            def block(x: Tensor, w: List[Tensor], layer: int, turn: Tensor, mask: Optional[Tensor], cache: List[Tensor], past: int, training: bool) -> Tensor:
                at = {{first}} + 12 * layer
                x = x + attend(torch.layer_norm(x, [{{config.Width}}], w[at], w[at + 1], 1e-5), w, at + 2, layer, turn, mask, cache, past, training)
                return x + feed_forward(torch.layer_norm(x, [{{config.Width}}], w[at + 6], w[at + 7], 1e-5), w, at + 8, training)

            def last_norm(x: Tensor, w: List[Tensor]) -> Tensor:
                at = {{first + 12 * config.Layers}}
                return torch.layer_norm(x, [{{config.Width}}], w[at], w[at + 1], 1e-5)

            def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
                return torch.linear(x, w[0], padding)

            {{decoder}}
            """;
    }

    /// <summary>Rows that all begin at the same place share its vectors: no look-up, whose gradient would be summed in another order.</summary>
    const string Place = """
        def place(w: Tensor, inputs: List[Tensor], starts: Tensor, at: Tensor, past: int) -> Tensor:
            if inputs[1].numel() == 0 and starts.numel() == 0:
                return w.slice(0, past, past + inputs[0].size(1))
            return torch.embedding(w, at)

        """;

    static string Residual(GptConfig config) => Literal.Of(config.ResidualDropout ?? config.Dropout);
}
