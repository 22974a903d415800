using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Sampling;

/// <summary>Continues token sequences. The same model, prompt and options give the same tokens; a model that computes no numbers is an InvalidDataException.</summary>
public static class Generator
{
    public static IReadOnlyList<int> Continue(LanguageModel model, IReadOnlyList<int> prompt, GenerationOptions options) => Continue(model, [new Prompt(prompt, options.Seed)], options)[0];

    /// <summary>Several at once: each as it would be alone.</summary>
    /// <param name="model">A causal one.</param>
    /// <param name="prompts">Each continued by its own seed.</param>
    /// <param name="options">The same for all.</param>
    /// <param name="cached">False reads all of a text again for each token: the same tokens, only slower.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Continue(LanguageModel model, IReadOnlyList<Prompt> prompts, GenerationOptions options, bool cached = true)
    {
        options.Check(model.Config);
        Continuation[] all = [.. prompts.Select(prompt => new Continuation(prompt, options, model.Config))];
        using var noGradient = no_grad();
        if (cached && model.Config.Cache is not null)
            ReadNewTokens(model, all, options);
        ReadAllTokens(model, all, options);
        return [.. all.Select(row => row.Made)];
    }

    /// <summary>With keys and values kept, as far as the model's context reaches. Shorter prompts are padded at their beginning.</summary>
    static void ReadNewTokens(LanguageModel model, Continuation[] rows, GenerationOptions options)
    {
        rows = [.. rows.Where(row => !row.Overflows)];
        if (rows.Length == 0)
            return;
        using var scope = NewDisposeScope();
        var width = rows.Max(row => row.Seen);
        using var cache = new KeyValueCache(model, rows.Length, width + options.MaxTokens);
        var ids = new long[rows.Length * width];
        long[] starts = [.. rows.Select(row => (long)width - row.Seen)];
        for (var r = 0; r < rows.Length; r++)
            rows[r].CopySeen(ids.AsSpan(r * width + (int)starts[r]));
        while (rows.Length > 0)
        {
            using var step = NewDisposeScope();
            var logits = model.NextLogits(
                tensor(ids, [rows.Length, ids.Length / rows.Length], device: model.Device),
                cache,
                Array.TrueForAll(starts, start => start == 0) ? null : tensor(starts, device: model.Device),
                // Padding before a prompt makes all prompts end at the same place.
                options.PromptIsPrefix ? full(rows.Length, width, dtype: ScalarType.Int64, device: model.Device) : null);
            Take(rows, logits, model.Config.Vocabulary);
            long[] going = [.. Enumerable.Range(0, rows.Length).Where(r => !rows[r].Ended && !rows[r].Overflows).Select(r => (long)r)];
            if (going.Length < rows.Length && going.Length > 0)
                cache.Keep(tensor(going, device: model.Device));
            rows = [.. going.Select(r => rows[r])];
            starts = [.. going.Select(r => starts[r])];
            ids = [.. rows.Select(row => row.Last)];
        }
    }

    static void ReadAllTokens(LanguageModel model, Continuation[] rows, GenerationOptions options)
    {
        while ((rows = [.. rows.Where(row => !row.Ended)]).Length > 0)
        {
            foreach (var alike in rows.GroupBy(row => row.Seen))
            {
                using var scope = NewDisposeScope();
                Continuation[] group = [.. alike];
                var ids = new long[group.Length * alike.Key];
                for (var r = 0; r < group.Length; r++)
                    group[r].CopySeen(ids.AsSpan(r * alike.Key));
                var prefix = options.PromptIsPrefix ? tensor(group.Select(row => (long)row.Prefix).ToArray(), device: model.Device) : null;
                long[] read = [.. group.SelectMany(row => row.Source())];
                var source = read.Length > 0 ? tensor(read, [group.Length, read.Length / group.Length], device: model.Device) : null;
                Take(group, model.NextLogits(tensor(ids, [group.Length, alike.Key], device: model.Device), prefix, source), model.Config.Vocabulary);
            }
        }
    }

    static void Take(Continuation[] rows, Tensor logits, int vocabulary)
    {
        var values = logits.to_type(ScalarType.Float32).cpu().data<float>().ToArray();
        if (Array.Exists(values, value => float.IsNaN(value) || float.IsPositiveInfinity(value)))
            throw new InvalidDataException("The model computes values that are no finite numbers: its file is damaged, or its training diverged.");
        for (var r = 0; r < rows.Length; r++)
            rows[r].Take(values.AsSpan(r * (values.Length / rows.Length), vocabulary));
    }
}
