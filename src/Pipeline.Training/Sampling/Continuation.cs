using Pipeline.Training.Models;

namespace Pipeline.Training.Sampling;

/// <summary>A sequence that is being continued.</summary>
sealed class Continuation
{
    readonly Prompt prompt;
    readonly GenerationOptions options;
    readonly int context;
    readonly List<long> ids;
    bool ended;

    public Continuation(Prompt prompt, GenerationOptions options, ModelConfig model)
    {
        if (prompt.Ids.Count == 0)
            throw new ArgumentException("The prompt is empty: begin with at least one token, such as end-of-text.");
        if (prompt.Ids.FirstOrDefault(id => (uint)id >= (uint)model.Vocabulary, -1) is not -1 and var foreign)
            throw new ArgumentException($"The prompt's token {foreign} is outside the model's vocabulary of {model.Vocabulary}.");
        this.prompt = prompt;
        this.options = options;
        context = model.Context;
        ids = [.. prompt.Ids.Select(id => (long)id)];
    }

    public IReadOnlyList<int> Made => [.. ids.Skip(prompt.Ids.Count).Select(id => (int)id)];

    public bool Ended => ended || ids.Count - prompt.Ids.Count >= options.MaxTokens;

    /// <summary>How many tokens the model is to see: beyond its context the last ones only.</summary>
    public int Seen => Math.Min(ids.Count, context);

    public bool Overflows => ids.Count > context;

    public long Last => ids[^1];

    /// <summary>How many leading tokens of those seen are the prompt's.</summary>
    public int Prefix => Math.Max(0, prompt.Ids.Count - (ids.Count - Seen));

    public void CopySeen(Span<long> into) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[^Seen..].CopyTo(into);

    public void Take(Span<float> logits)
    {
        var next = Sampler.Pick(logits, options, ids, prompt.Seed, ids.Count - prompt.Ids.Count);
        ended = options.StopTokens.Contains(next);
        if (ended)
            return;
        ids.Add(next);
        options.Made?.Invoke(next);
        if (options.StopTexts.Count > 0)
        {
            var text = options.Decode!(Made);
            ended = options.StopTexts.Any(stop => text.Contains(stop, StringComparison.Ordinal));
        }
    }
}
