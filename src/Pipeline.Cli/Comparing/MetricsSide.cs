using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Comparing;

/// <summary>A step as one side of a comparison has it.</summary>
/// <param name="Key">Of the result that holds its artifacts.</param>
internal sealed record SideStep(string Uses, string Key, IReadOnlyDictionary<string, double> Metrics);

/// <summary>One side of a comparison: what the lock file of a git ref says, or what the results here are.</summary>
/// <param name="Label">What to call it: a ref, or "last results".</param>
internal sealed record MetricsSide(string Label, IReadOnlyDictionary<string, SideStep> Steps)
{
    /// <exception cref="WrongInputException">There is no such ref, it has no lock file, or that is damaged.</exception>
    public static MetricsSide AtRef(OpenedPipeline opened, string reference)
    {
        var path = LockFile.PathFor(opened.Definition.File);
        var name = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        var (found, text, error) = GitState.FileAt(path, reference);
        if (!found)
        {
            throw new WrongInputException($"There is no lock file {name} at '{reference}' (git: {FirstLine(error)}). "
                + "A run that succeeds writes it: commit it there, or name a ref that has it; in a shallow clone fetch that ref first.");
        }

        try
        {
            return new(reference, LockFile.Parse(text, $"{name} at '{reference}'").Steps.ToDictionary(s => s.Key, s => new SideStep(s.Value.Uses, s.Value.Key, s.Value.Metrics), StringComparer.Ordinal));
        }
        catch (InvalidDataException e)
        {
            throw new WrongInputException($"{e.Message.Split(" Restore ")[0]} Name another ref.");
        }
    }

    /// <summary>The results here, by the rule of <see cref="ShownResults"/>.</summary>
    public static MetricsSide LastResults(OpenedPipeline opened)
    {
        opened.Results.Tell(opened.Definition.Steps);
        return Of("last results", opened.Definition.Steps.Select(s => (s.Id, s.Type.Name, opened.Results.Of(s))));
    }

    public static MetricsSide Of(string label, IEnumerable<(string Step, string Uses, StepResult? Result)> results) =>
        new(label, results.Where(r => r.Result is not null).ToDictionary(r => r.Step, r => new SideStep(r.Uses, r.Result!.Key, r.Result.Metrics), StringComparer.Ordinal));

    private static string FirstLine(string text) => text.Split('\n')[0].Trim() is { Length: > 0 } line ? line : "no answer";
}
