using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Sampling;

/// <summary>Continues token sequences. The same model, prompt and options give the same tokens.</summary>
public static class Generator
{
    public static IReadOnlyList<int> Continue(LanguageModel model, IReadOnlyList<int> prompt, GenerationOptions options)
    {
        options.Checked();
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt is empty: begin with at least one token, such as end-of-text.");
        if (prompt.FirstOrDefault(id => (uint)id >= (uint)model.Config.Vocabulary, -1) is >= 0 and var foreign)
            throw new ArgumentException($"The prompt's token {foreign} is outside the model's vocabulary of {model.Config.Vocabulary}.");
        using var noGradient = no_grad();
        var ids = prompt.Select(id => (long)id).ToList();
        for (var made = 0; made < options.MaxTokens; made++)
        {
            using var scope = NewDisposeScope();
            // Beyond its context a model sees the last tokens only.
            var seen = ids.Skip(Math.Max(0, ids.Count - model.Config.Context)).ToArray();
            var logits = model.NextLogits(tensor(seen, [1, seen.Length], device: model.Device)).to_type(ScalarType.Float32).cpu().data<float>().ToArray();
            var next = Pick(logits.AsSpan(0, model.Config.Vocabulary), options, made);
            if (options.StopTokens.Contains(next))
                break;
            ids.Add(next);
        }
        return [.. ids.Skip(prompt.Count).Select(id => (int)id)];
    }

    static int Pick(ReadOnlySpan<float> logits, GenerationOptions options, int made)
    {
        var order = new int[logits.Length];
        var scores = logits.ToArray();
        for (var id = 0; id < order.Length; id++)
            order[id] = id;
        // Equal logits in the order of their ids, so that nothing is left to the sort.
        Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        if (options.Temperature == 0)
            return order[0];
        var count = options.TopK == 0 ? order.Length : Math.Min(options.TopK, order.Length);
        var weights = new double[count];
        for (var i = 0; i < count; i++)
            weights[i] = Math.Exp(((double)scores[order[i]] - scores[order[0]]) / options.Temperature);
        var draw = (Mix.Of(options.Seed, made) >> 11) * (1.0 / (1L << 53)) * weights.Sum();
        for (var i = 0; i < count - 1; i++)
        {
            if ((draw -= weights[i]) < 0)
                return order[i];
        }
        return order[count - 1];
    }
}
