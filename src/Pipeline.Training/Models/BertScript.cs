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
            return torch.dropout(torch.linear(y, w[at], w[at + 1]), {{Literal.Of(config.Dropouts.Residual)}}, training)

        def seen(inputs: List[Tensor]) -> Optional[Tensor]:
            if inputs[1].numel() == 0:
                return None
            return torch.eq(inputs[1].unsqueeze(2), inputs[1].unsqueeze(1)).unsqueeze(1)

        def embed(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            x = torch.embedding(w[0], inputs[0]) + w[1].slice(0, 0, inputs[0].size(1)) + w[2].select(0, 0)
            return torch.dropout(norm(x, w, 3), {{Literal.Of(config.Dropouts.Embedding)}}, training)

        def block(x: Tensor, w: List[Tensor], layer: int, mask: Optional[Tensor], training: bool) -> Tensor:
            at = 5 + {{Tensors}} * layer
            y = torch.scaled_dot_product_attention(head(x, w, at), head(x, w, at + 2), head(x, w, at + 4), mask, {{Literal.Of(config.Dropouts.Attention)}} if training else 0.0, False)
            x = norm(x + output(y.transpose(1, 2).flatten(2), w, at + 6, training), w, at + 8)
            return norm(x + output(torch.gelu(torch.linear(x, w[at + 10], w[at + 11])), w, at + 12, training), w, at + 14)

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            x, mask = embed(w, inputs, training), seen(inputs)
            for layer in range({{config.Layers}}):
                x = block(x, w, layer, mask, training)
            return x

        def segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor:
            return embed(w, inputs, training) if i == 0 else block(kept[i - 1], w, i - 1, seen(inputs), training)

        def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
            at = 5 + {{Tensors}} * {{config.Layers}}
            x = norm(torch.gelu(torch.linear(x, w[at], w[at + 1])), w, at + 2)
            return torch.linear(x, w[0], w[at + 4] + padding)
        """);
}
