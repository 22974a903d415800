using Pipeline.Training.Models;

namespace Pipeline.Training.Sampling;

/// <summary>Prompts that a model in training goes on with beside its validations, for people to read. Draws by seeds of its own, so that the training has the same bits with and without.</summary>
/// <param name="Prompts">Each as people read it, and as tokens.</param>
/// <param name="Options">How tokens are chosen.</param>
/// <param name="Decode">The text of tokens.</param>
public sealed record SampledPrompts(LanguageModel Model, IReadOnlyList<(string Text, Prompt Prompt)> Prompts, GenerationOptions Options, Func<IReadOnlyList<int>, string> Decode)
{
    /// <summary>Every so many validations; and at one that only a run's end makes.</summary>
    public long Every { get; init; } = 1;

    /// <summary>What it writes now, prompt by prompt.</summary>
    public IEnumerable<(string Prompt, string Text)> Write() =>
        Prompts.Zip(Generator.Continue(Model, [.. Prompts.Select(each => each.Prompt)], Options), (each, made) => (each.Text, Decode(made)));

    internal bool AreDue(long step, long validateEvery) => step % validateEvery != 0 || step / validateEvery % Every == 0;
}
