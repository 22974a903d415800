using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Evaluation;

/// <summary>Who looks at whom, in each head of one place of a model.</summary>
/// <param name="Weights">[heads, rows, columns]; each row sums to 1.</param>
public sealed record AttentionMap(AttentionSite Site, int Heads, int Rows, int Columns, float[] Weights)
{
    public ReadOnlySpan<float> Head(int head) => Weights.AsSpan(head * Rows * Columns, Rows * Columns);

    /// <summary>The mean over the rows of -sum p ln p, in nats: 0 where each looks at one alone.</summary>
    public double Entropy(int head)
    {
        var sum = 0.0;
        foreach (var weight in Head(head))
            sum -= weight > 0 ? weight * Math.Log(weight) : 0;
        return sum / Rows;
    }
}

/// <summary>Runs a model with its attention written out, softmax(q·k / sqrt(d) + mask), and keeps what the softmax gives. All else is the model's own script.</summary>
public sealed class AttentionMaps : IDisposable
{
    const string Fused = "torch.scaled_dot_product_attention(";

    const string Recorded = """
        def recorded(w: List[Tensor], q: Tensor, k: Tensor, v: Tensor, attn_mask: Optional[Tensor], dropout_p: float, is_causal: bool) -> Tensor:
            scores = torch.matmul(q, k.transpose(2, 3)) * (float(q.size(3)) ** -0.5)
            if is_causal:
                scores = scores.masked_fill(torch.arange(k.size(2), device=q.device).unsqueeze(0) > torch.arange(q.size(2), device=q.device).unsqueeze(1), float('-inf'))
            if attn_mask is not None:
                if attn_mask.is_floating_point():
                    scores = scores + attn_mask
                else:
                    scores = scores.masked_fill(attn_mask.logical_not(), float('-inf'))
            weights = torch.softmax(scores, 3)
            w.append(weights)
            return torch.matmul(weights, v)

        """;

    // What is kept is appended to the parameters, which every function has at hand.
    const string Functions = """

        def attention_maps(w: List[Tensor], inputs: List[Tensor]) -> List[Tensor]:
            first = len(w)
            x = hidden(w, inputs, False)
            return w[first:]

        def recorded_logits(w: List[Tensor], inputs: List[Tensor], padding: Tensor) -> Tensor:
            return project(w, hidden(w, inputs, False), padding)
        """;

    readonly LanguageModel model;
    readonly CompiledScript script;

    /// <summary>What keeps layers of a model from being looked at; null where nothing does.</summary>
    /// <param name="layers">From 1; none stands for all.</param>
    public static string? Problem(ModelConfig config, IReadOnlyList<int> layers)
    {
        if (config.Attention.Count == 0)
            return $"a model of the {config.Architecture} family has no attention";
        var last = config.Attention.Max(site => site.Layer);
        return layers.FirstOrDefault(layer => layer < 1 || layer > last) is not 0 and var missing ? $"there is no layer {missing}; the model has {last}" : null;
    }

    /// <exception cref="ArgumentException">The model has no attention.</exception>
    public AttentionMaps(LanguageModel model)
    {
        if (Problem(model.Config, []) is { } problem)
            throw new ArgumentException(problem);
        this.model = model;
        script = new CompiledScript(Recorded + model.Config.Script().Replace(Fused, "recorded(w, ", StringComparison.Ordinal) + "\n" + Functions);
    }

    /// <param name="ids">Tokens of a row, at most as many as the model sees.</param>
    /// <param name="source">What the encoder reads, where the model has one that reads a source; else null.</param>
    /// <returns>In the order of <see cref="ModelConfig.Attention"/>.</returns>
    public IReadOnlyList<AttentionMap> Of(IReadOnlyList<int> ids, IReadOnlyList<int>? source = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var made = script.Tensors("attention_maps", model.Parameters.Views, Inputs(ids, source));
        if (made.Length != model.Config.Attention.Count)
            throw new InvalidOperationException($"The script attends at {made.Length} places, its configuration names {model.Config.Attention.Count}.");
        return [.. model.Config.Attention.Zip(made, (site, map) => new AttentionMap(site, (int)map.size(1), (int)map.size(2), (int)map.size(3), map.cpu().contiguous().data<float>().ToArray()))];
    }

    /// <summary>[T, padded vocabulary]: what the model computes with its attention written out.</summary>
    internal Tensor Logits(IReadOnlyList<int> ids, IReadOnlyList<int>? source = null) => script.Tensor("recorded_logits", model.Parameters.Views, Inputs(ids, source), model.Padding).squeeze(0);

    Tensor[] Inputs(IReadOnlyList<int> ids, IReadOnlyList<int>? source)
    {
        if (model.Config.Reads.HasFlag(BatchParts.Source) != source is not null)
            throw new ArgumentException(source is null ? $"A model of the {model.Config.Architecture} family reads a source." : $"A model of the {model.Config.Architecture} family reads no source.");
        return TokenBatch.Inputs(Row(ids), source: source is null ? null : Row(source));

        Tensor Row(IReadOnlyList<int> tokens) => tensor(tokens.Select(id => (long)id).ToArray(), [1, tokens.Count], device: model.Device);
    }

    public void Dispose() => script.Dispose();
}
