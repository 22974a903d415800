using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli;

/// <summary>Which result of each step there is to show. One rule for every verb: the one that the file asks for (current); where that is not made, what the step made last (stale). Where values are given, only what was made with them.</summary>
internal sealed class ShownResults(OpenedPipeline opened)
{
    private const int MostNamed = 8;

    private readonly Dictionary<string, StepResult>? current = Current(opened);
    private readonly History history = opened.State.HistoryOf(opened.Definition);

    /// <summary>Null where there is nothing to show.</summary>
    public StepResult? Of(StepDefinition step) => current?.GetValueOrDefault(step.Id) ?? Last(step);

    /// <summary>Whether what is shown is not what the file asks for. False where nobody knows.</summary>
    public bool IsStale(StepDefinition step) => current is not null && !current.ContainsKey(step.Id) && Last(step) is not null;

    /// <summary>What to write behind a step whose result is shown.</summary>
    public string Mark(StepDefinition step) => IsStale(step) ? "  (stale)" : "";

    /// <summary>Says of which steps nothing is shown, or something else than the file asks for.</summary>
    public void Tell(params IReadOnlyList<StepDefinition> steps)
    {
        var stale = steps.Where(IsStale).Select(s => s.Id).ToList();
        if (stale.Count > 0) Console.Error.WriteLine($"Stale: {Named(stale)}; shown is what {(stale.Count == 1 ? "it" : "they")} made last, and the file asks for something else by now: {opened.Given.Line("plan")}");
        var missing = opened.Given.ChangesTheFile ? steps.Where(s => Of(s) is null).Select(s => s.Id).ToList() : [];
        if (missing.Count > 0) Console.Error.WriteLine($"No result with these values: {Named(missing)}; make them: {opened.Given.Line("run")}");
    }

    /// <summary>The result of one step that was asked for; says where it is stale.</summary>
    /// <exception cref="WrongInputException">There is none.</exception>
    public StepResult Require(StepDefinition step)
    {
        if (Of(step) is not { } result) throw new WrongInputException($"'{step.Id}' has no result {(opened.Given.ChangesTheFile ? "with these values" : "yet")}; make it: {opened.Given.Line("run")}");
        Tell(step);
        return result;
    }

    private static string Named(List<string> steps) => string.Join(", ", steps.Take(MostNamed)) + (steps.Count > MostNamed ? $" and {steps.Count - MostNamed} more" : "");

    private StepResult? Last(StepDefinition step) => !opened.Given.ChangesTheFile && history.Last(step.Id) is { } last ? opened.State.Results.Read(last.Key) : null;

    private static Dictionary<string, StepResult>? Current(OpenedPipeline opened)
    {
        try
        {
            return opened.Plan.Decisions.OfType<Decision.Reuse>().ToDictionary(d => d.Step.Id, d => d.Result, StringComparer.Ordinal);
        }
        catch (SourceMissingException e) when (!opened.Given.ChangesTheFile)
        {
            Console.Error.WriteLine($"{e.Message} So it is not known what is current; shown is what each step made last.");
            return null;
        }
    }
}
