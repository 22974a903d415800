using System.Globalization;

namespace Pipeline.Training.Models;

/// <summary>The forward pass of a GPT of one shape, in TorchScript.</summary>
static class GptScript
{
    public static string Of(GptConfig config) => string.Create(CultureInfo.InvariantCulture, $$"""
        def attend(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            B, T, C = x.size(0), x.size(1), x.size(2)
            qkv = torch.linear(x, w[at], w[at + 1]).view([B, T, 3, {{config.Heads}}, {{config.Width / config.Heads}}])
            q, k, v = qkv.select(2, 0).transpose(1, 2), qkv.select(2, 1).transpose(1, 2), qkv.select(2, 2).transpose(1, 2)
            y = torch.scaled_dot_product_attention(q, k, v, dropout_p={{Number(config.Dropout)}} if training else 0.0, is_causal=True)
            y = torch.linear(y.transpose(1, 2).reshape([B, T, C]), w[at + 2], w[at + 3])
            return torch.dropout(y, {{Number(config.Dropout)}}, training)

        def feed_forward(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            y = torch.gelu(torch.linear(x, w[at], w[at + 1]), approximate="tanh")
            return torch.dropout(torch.linear(y, w[at + 2], w[at + 3]), {{Number(config.Dropout)}}, training)

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            ids = inputs[0]
            x = torch.embedding(w[0], ids) + w[1].slice(0, 0, ids.size(1))
            x = torch.dropout(x, {{Number(config.Dropout)}}, training)
            for layer in range({{config.Layers}}):
                at = 2 + 12 * layer
                x = x + attend(torch.layer_norm(x, [{{config.Width}}], w[at], w[at + 1], 1e-5), w, at + 2, training)
                x = x + feed_forward(torch.layer_norm(x, [{{config.Width}}], w[at + 6], w[at + 7], 1e-5), w, at + 8, training)
            at = 2 + 12 * {{config.Layers}}
            return torch.layer_norm(x, [{{config.Width}}], w[at], w[at + 1], 1e-5)

        def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
            return torch.linear(x, w[0], padding)
        """);

    // TorchScript would read "0" as an integer and refuse it as a probability.
    static string Number(double value) => value.ToString("0.0################", CultureInfo.InvariantCulture);
}
