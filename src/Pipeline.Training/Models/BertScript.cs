using System.Globalization;
using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>The forward pass of a BERT of one shape, in TorchScript.</summary>
static class BertScript
{
    const int Tensors = 16;

    public static string Of(BertConfig config) => string.Create(CultureInfo.InvariantCulture, $$"""
        def norm(x: Tensor, w: List[Tensor], at: int) -> Tensor:
            return torch.layer_norm(x, [{{config.Width}}], w[at], w[at + 1], {{Literal.Of(config.NormEpsilon)}})

        def head(x: Tensor, w: List[Tensor], at: int) -> Tensor:
            return torch.linear(x, w[at], w[at + 1]).view([x.size(0), x.size(1), {{config.Heads}}, {{config.Width / config.Heads}}]).transpose(1, 2)

        def output(y: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            return torch.dropout(torch.linear(y, w[at], w[at + 1]), {{Literal.Of(config.Dropout)}}, training)

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            ids, segments = inputs[0], inputs[1]
            B, T = ids.size(0), ids.size(1)
            mask: Optional[Tensor] = None
            if segments.numel() > 0:
                mask = torch.eq(segments.unsqueeze(2), segments.unsqueeze(1)).unsqueeze(1)
            x = torch.embedding(w[0], ids) + w[1].slice(0, 0, T) + w[2].select(0, 0)
            x = torch.dropout(norm(x, w, 3), {{Literal.Of(config.Dropout)}}, training)
            for layer in range({{config.Layers}}):
                at = 5 + {{Tensors}} * layer
                y = torch.scaled_dot_product_attention(head(x, w, at), head(x, w, at + 2), head(x, w, at + 4), mask, {{Literal.Of(config.Dropout)}} if training else 0.0, False)
                x = norm(x + output(y.transpose(1, 2).reshape([B, T, {{config.Width}}]), w, at + 6, training), w, at + 8)
                x = norm(x + output(torch.gelu(torch.linear(x, w[at + 10], w[at + 11])), w, at + 12, training), w, at + 14)
            return x

        def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
            at = 5 + {{Tensors}} * {{config.Layers}}
            x = norm(torch.gelu(torch.linear(x, w[at], w[at + 1])), w, at + 2)
            return torch.linear(x, w[0], w[at + 4] + padding)
        """);
}
