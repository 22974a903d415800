using System.Globalization;
using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>Recurrent layers in TorchScript, by libtorch's fused operators: a whole row in one call.</summary>
static class RecurrentScript
{
    public const double EmbeddingDeviation = 0.05;

    public static string Name(RecurrentKind kind) => kind == RecurrentKind.Lstm ? "lstm" : "gru";

    /// <summary>Four tensors a layer, as torch.nn.LSTM names them. Weights have the deviation of PyTorch's uniform ±1 / sqrt(width), biases begin at 0.</summary>
    public static IEnumerable<ParameterLayout> Layout(string name, RecurrentKind kind, int layers, int width)
    {
        long gates = (kind == RecurrentKind.Lstm ? 4 : 3) * width;
        var initial = Initial.Normal(1 / Math.Sqrt(3.0 * width));
        for (var layer = 0; layer < layers; layer++)
        {
            yield return new($"{name}.weight_ih_l{layer}", [gates, width], initial);
            yield return new($"{name}.weight_hh_l{layer}", [gates, width], initial);
            yield return new($"{name}.bias_ih_l{layer}", [gates], Initial.Zero);
            yield return new($"{name}.bias_hh_l{layer}", [gates], Initial.Zero);
        }
    }

    /// <summary>Defines <c>drop_embedding(x, training)</c>, <c>drop(x, training)</c>, <c>layer(x, w, at, training)</c> and <c>recur(x, w, first, training)</c> of all layers, [B, T, C] to [B, T, C] with dropout after each layer. Layers are called one by one, so
    /// that dropout between them may be variational.</summary>
    public static string Of(RecurrentKind kind, int layers, int width, DropoutShares dropouts, bool variational) => string.Create(CultureInfo.InvariantCulture, $$"""
        def drop_embedding(x: Tensor, training: bool) -> Tensor:
            return {{Drop(dropouts.Embedding, variational)}}

        def drop(x: Tensor, training: bool) -> Tensor:
            return {{Drop(dropouts.Residual, variational)}}

        def layer(x: Tensor, w: List[Tensor], at: int, training: bool) -> Tensor:
            none = torch.zeros([1, x.size(0), {{width}}], dtype=x.dtype, device=x.device)
            its = [w[at], w[at + 1], w[at + 2], w[at + 3]]
            {{(kind == RecurrentKind.Lstm
                ? "y, h, c = torch.lstm(x, [none, none], its, True, 1, 0.0, training, False, True)"
                : "y, h = torch.gru(x, none, its, True, 1, 0.0, training, False, True)")}}
            return drop(y, training)

        def recur(x: Tensor, w: List[Tensor], first: int, training: bool) -> Tensor:
            for i in range({{layers}}):
                x = layer(x, w, first + 4 * i, training)
            return x

        """);

    static string Drop(double dropout, bool variational) =>
        variational ? $"x * torch.dropout(torch.ones([x.size(0), 1, x.size(2)], dtype=x.dtype, device=x.device), {Literal.Of(dropout)}, training)" : $"torch.dropout(x, {Literal.Of(dropout)}, training)";
}
