using Pipeline.Training.Batches;
using Pipeline.Training.Models;

namespace Pipeline.Training.Sampling;

/// <summary>A sequence that is being continued.</summary>
sealed class Continuation
{
    readonly Prompt prompt;
    readonly GenerationOptions options;
    readonly int context;
    readonly int source;
    readonly List<long> ids;
    int start;
    bool ended;

    public Continuation(Prompt prompt, GenerationOptions options, ModelConfig model)
    {
        if (prompt.Ids.Count == 0)
            throw new ArgumentException("The prompt is empty: begin with at least one token, such as end-of-text.");
        if (prompt.Ids.FirstOrDefault(id => (uint)id >= (uint)model.Vocabulary, -1) is not -1 and var foreign)
            throw new ArgumentException($"The prompt's token {foreign} is outside the model's vocabulary of {model.Vocabulary}.");
        this.prompt = prompt;
        this.options = options;
        source = model.Reads.HasFlag(BatchParts.Source) ? SourceWindows.SourceOf(model.Context) : 0;
        context = model.Context - source;
        ids = [.. prompt.Ids.Select(id => (long)id)];
        start = ids.Count - 1;
    }

    public IReadOnlyList<int> Made => [.. ids.Skip(prompt.Ids.Count).Select(id => (int)id)];

    public bool Ended => ended || ids.Count - prompt.Ids.Count >= options.MaxTokens;

    /// <summary>How many tokens the model, or its decoder, is to see: beyond its context the last ones only.</summary>
    public int Seen => source == 0 ? Math.Min(ids.Count, context) : ids.Count - start;

    public bool Overflows => ids.Count > context;

    public long Last => ids[^1];

    /// <summary>How many leading tokens of those seen are the prompt's.</summary>
    public int Prefix => Math.Max(0, prompt.Ids.Count - (ids.Count - Seen));

    public void CopySeen(Span<long> into) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[^Seen..].CopyTo(into);

    /// <summary>What an encoder reads: as in <see cref="PrecededWindows"/>, the tokens before those that the decoder sees, and -1 where there are no more. Empty for a model without one.</summary>
    public long[] Source()
    {
        var read = new long[source];
        var there = Math.Min(start, source);
        ids.CopyTo(start - there, read, 0, source == 0 ? 0 : there);
        read.AsSpan(Math.Min(there, source)).Fill(-1);
        return read;
    }

    public void Take(Span<float> logits)
    {
        var next = Sampler.Pick(logits, options, ids, prompt.Seed, ids.Count - prompt.Ids.Count);
        ended = options.StopTokens.Contains(next);
        if (ended)
            return;
        ids.Add(next);
        // A decoder that is full begins anew: what it saw is source from now on.
        if (ids.Count - start > context)
            start = ids.Count - 1;
        options.Made?.Invoke(next);
        if (options.StopTexts.Count > 0)
        {
            var text = options.Decode!(Made);
            ended = options.StopTexts.Any(stop => text.Contains(stop, StringComparison.Ordinal));
        }
    }
}
