using System.Globalization;
using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>Pre-LayerNorm blocks that encoder-decoders are made of, in TorchScript, and their parameters.</summary>
static class TransformerScript
{
    public const int EncoderTensors = 12, DecoderTensors = 20, CrossTensors = 6;

    /// <summary>Appends a block's parameters in the order in which the script indexes them.</summary>
    public static void Block(List<ParameterLayout> layout, string name, long width, int layers, bool cross)
    {
        var residual = 0.02 / Math.Sqrt((cross ? 3 : 2) * layers);
        Norm(layout, name + ".ln_1", width);
        Linear(layout, name + ".attn.c_attn", width, 3 * width, 0.02);
        Linear(layout, name + ".attn.c_proj", width, width, residual);
        if (cross)
        {
            Norm(layout, name + ".ln_cross", width);
            Cross(layout, name + ".cross", width, residual);
        }
        Norm(layout, name + ".ln_2", width);
        Linear(layout, name + ".mlp.c_fc", width, 4 * width, 0.02);
        Linear(layout, name + ".mlp.c_proj", 4 * width, width, residual);
    }

    public static void Cross(List<ParameterLayout> layout, string name, long width, double residual)
    {
        Linear(layout, name + ".q", width, width, 0.02);
        Linear(layout, name + ".kv", width, 2 * width, 0.02);
        Linear(layout, name + ".c_proj", width, width, residual);
    }

    public static void Linear(List<ParameterLayout> layout, string name, long inputs, long outputs, double deviation) =>
        layout.AddRange([new(name + ".weight", [outputs, inputs], Initial.Normal(deviation)), new(name + ".bias", [outputs], Initial.Zero)]);

    public static void Norm(List<ParameterLayout> layout, string name, long width) =>
        layout.AddRange([new(name + ".weight", [width], Initial.One), new(name + ".bias", [width], Initial.Zero)]);

    /// <summary>Defines the blocks, and <c>encode</c>: ids [B, S], negative where there are none, to [B, S, C], with [B, 1, 1, S] of where the decoder may look and [B, 1, 1] of whether there is
    /// anything at all. A row without a source reads its first place and then leaves it out, as a softmax over nothing has no value.</summary>
    public static string Blocks(int heads, int width, DropoutShares dropouts) => string.Create(CultureInfo.InvariantCulture, $$"""
        def norm(x: Tensor, w: List[Tensor], at: int) -> Tensor:
            return torch.layer_norm(x, [{{width}}], w[at], w[at + 1], 1e-5)

        def attend(q: Tensor, k: Tensor, v: Tensor, w: List[Tensor], mask: Optional[Tensor], causal: bool, training: bool) -> Tensor:
            B, T, S = q.size(0), q.size(1), k.size(1)
            q, k, v = q.view([B, T, {{heads}}, {{width / heads}}]).transpose(1, 2), k.view([B, S, {{heads}}, {{width / heads}}]).transpose(1, 2), v.view([B, S, {{heads}}, {{width / heads}}]).transpose(1, 2)
            y = torch.scaled_dot_product_attention(q, k, v, mask, {{Literal.Of(dropouts.Attention)}} if training else 0.0, causal)
            return y.transpose(1, 2).reshape([B, T, {{width}}])

        def output(y: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            return torch.dropout(torch.linear(y, w[at], w[at + 1]), {{Literal.Of(dropouts.Residual)}}, training)

        def attend_self(x: Tensor, w: List[Tensor], at: int, mask: Optional[Tensor], causal: bool, training: bool) -> Tensor:
            qkv = torch.linear(x, w[at], w[at + 1])
            y = attend(qkv.slice(-1, 0, {{width}}), qkv.slice(-1, {{width}}, {{2 * width}}), qkv.slice(-1, {{2 * width}}), w, mask, causal, training)
            return output(y, w, at + 2, training)

        def attend_source(x: Tensor, memory: Tensor, w: List[Tensor], at: int, mask: Tensor, present: Tensor, training: bool) -> Tensor:
            kv = torch.linear(memory, w[at + 2], w[at + 3])
            y = attend(torch.linear(x, w[at], w[at + 1]), kv.slice(-1, 0, {{width}}), kv.slice(-1, {{width}}), w, mask, False, training)
            return output(y, w, at + 4, training) * present

        def feed_forward(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            return output(torch.gelu(torch.linear(x, w[at], w[at + 1]), approximate="tanh"), w, at + 2, training)

        def embed(ids: Tensor, w: List[Tensor], positions: int, training: bool) -> Tensor:
            return torch.dropout(torch.embedding(w[0], ids) + w[positions].slice(0, 0, ids.size(1)), {{Literal.Of(dropouts.Embedding)}}, training)

        def source(inputs: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
            ids = inputs[3]
            if ids.numel() == 0:
                ids = torch.full([inputs[0].size(0), 1], -1, dtype=inputs[0].dtype, device=inputs[0].device)
            there = ids >= 0
            present = there.any(1, True)
            return ids.clamp(0), torch.logical_or(there, torch.logical_not(present)).unsqueeze(1).unsqueeze(1), present.unsqueeze(2)

        def encoder_block(x: Tensor, w: List[Tensor], at: int, mask: Tensor, training: bool) -> Tensor:
            x = x + attend_self(norm(x, w, at), w, at + 2, mask, False, training)
            return x + feed_forward(norm(x, w, at + 6), w, at + 8, training)

        def encode(inputs: List[Tensor], w: List[Tensor], positions: int, first: int, layers: int, training: bool) -> Tuple[Tensor, Tensor, Tensor]:
            ids, mask, present = source(inputs)
            x = embed(ids, w, positions, training)
            for i in range(layers):
                x = encoder_block(x, w, first + {{EncoderTensors}} * i, mask, training)
            return norm(x, w, first + {{EncoderTensors}} * layers), mask, present

        def encoder_segment(inputs: List[Tensor], w: List[Tensor], kept: List[Tensor], i: int, positions: int, first: int, layers: int, training: bool) -> Tensor:
            ids, mask, present = source(inputs)
            if i == 0:
                return embed(ids, w, positions, training)
            x = encoder_block(kept[i - 1], w, first + {{EncoderTensors}} * (i - 1), mask, training)
            return norm(x, w, first + {{EncoderTensors}} * layers) if i == layers else x

        """);
}
