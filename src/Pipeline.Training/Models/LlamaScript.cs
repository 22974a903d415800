using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>The forward pass of a Llama of one shape, in TorchScript.</summary>
static class LlamaScript
{
    public static string Of(LlamaConfig config)
    {
        var decoder = new DecoderScript(config.Layers, config.Heads, config.HeadWidth, config.Positions, config.RopeTheta, config.RopeScaling, config.Window);
        var (q, perLayer) = config.AttentionBias ? (2, 12) : (1, 9);
        var norm = $"torch.rms_norm(x, [{config.Width}], w[at], {Literal.Of(config.NormEpsilon)})";
        return $$"""
            {{decoder.Attention(config.KeyValueHeads, config.AttentionDropout ?? config.Dropout)}}
            def heads(x: Tensor, w: List[Tensor], at: int, count: int) -> Tensor:
                return torch.linear(x, w[at], {{(config.AttentionBias ? "w[at + 1]" : "None")}}).view([x.size(0), x.size(1), count, {{config.HeadWidth}}]).transpose(1, 2)

            def attend(x: Tensor, w: List[Tensor], at: int, layer: int, turn: Tensor, mask: Optional[Tensor], cache: List[Tensor], past: int, training: bool) -> Tensor:
                q, k, v = heads(x, w, at, {{config.Heads}}), heads(x, w, at + {{q}}, {{config.KeyValueHeads}}), heads(x, w, at + {{2 * q}}, {{config.KeyValueHeads}})
                y = torch.linear(attention(q, k, v, w, layer, turn, mask, cache, past, training), w[at + {{3 * q}}])
                return torch.dropout(y, {{Residual(config)}}, training)

            def feed_forward(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
                y = torch.silu(torch.linear(x, w[at])) * torch.linear(x, w[at + 1])
                return torch.dropout(torch.linear(y, w[at + 2]), {{Residual(config)}}, training)

            def norm(x: Tensor, w: List[Tensor], at: int) -> Tensor:
                return {{norm}}

            def embed(w: List[Tensor], inputs: List[Tensor], starts: Tensor, at: Tensor, past: int, training: bool) -> Tensor:
                return torch.dropout(torch.embedding(w[0], inputs[0]), {{Literal.Of(config.EmbeddingDropout ?? config.Dropout)}}, training)

            def block(x: Tensor, w: List[Tensor], layer: int, turn: Tensor, mask: Optional[Tensor], cache: List[Tensor], past: int, training: bool) -> Tensor:
                at = 1 + {{perLayer}} * layer
                x = x + attend(norm(x, w, at), w, at + 1, layer, turn, mask, cache, past, training)
                return x + feed_forward(norm(x, w, at + {{perLayer - 4}}), w, at + {{perLayer - 3}}, training)

            def last_norm(x: Tensor, w: List[Tensor]) -> Tensor:
                return norm(x, w, {{1 + perLayer * config.Layers}})

            def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
                return torch.linear(x, w[{{(config.Tied ? 0 : 2 + perLayer * config.Layers)}}], padding)

            {{decoder}}
            """;
    }

    static string Residual(LlamaConfig config) => Literal.Of(config.ResidualDropout ?? config.Dropout);
}
