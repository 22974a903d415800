using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class ExplainVerb
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var step = new Argument<string>("STEP") { Description = "The step to explain." };
        var command = new Command("explain", "Show a step's recipe, its cache key, and how both differ from its last result.");
        pipeline.AddTo(command);
        command.Arguments.Add(step);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var wanted = opened.Step(parsed.GetValue(step)!);
            var decision = PlanVerb.Make(opened, new HashSet<string>()).Decisions.Single(d => d.Step.Id == wanted.Id);
            Console.WriteLine($"{wanted.Id}  {wanted.Type.Name}, version {wanted.Type.Version}");
            if (wanted.Round is { } round) Console.WriteLine($"  round {round.Number} of {round.Block}");
            Console.WriteLine($"  {decision.Word}: {decision.Reason}");
            if (decision is Decision.Run { Asks: true }) Console.WriteLine("  asks for approval first");
            if (decision is Decision.Reuse reuse) ShowOrigin(reuse.Result, opened.State.Cache.Read);
            var recipe = decision switch { Decision.Reuse r => r.Recipe, Decision.Run r => r.Recipe, _ => null };
            if (recipe is null) return ExitCode.Success;
            Console.WriteLine($"  key {recipe.Key}");
            ShowDifferences(opened, wanted.Id, recipe);
            Console.WriteLine();
            Console.WriteLine(recipe.Json.ToJsonString(Readable));
            return ExitCode.Success;
        });
        return command;
    }

    private static void ShowOrigin(StepResult result, Func<string, StepResult?> read)
    {
        Console.WriteLine($"  made by run {result.Run} at {result.Finished:yyyy-MM-dd HH:mm:ss} UTC in {Screens.Text.Duration(result.Seconds)}");
        // Others may have written what is read here: no longer than a person would.
        for (var (from, shown) = (result.WentOnFrom, 0); from is not null && shown < 100; (from, shown) = (read(from.Key)?.WentOnFrom, shown + 1))
            Console.WriteLine($"    went on from {from.Horizon} of run {from.Run} (key {from.Key[..12]}{(read(from.Key) is null ? ", removed since" : "")}), with the bytes of a run from the beginning");
        foreach (var (name, value) in result.Environment.OrderBy(f => f.Key, StringComparer.Ordinal)) Console.WriteLine($"    {name,-12}  {value}");
    }

    private static void ShowDifferences(OpenedPipeline opened, string step, Recipe recipe)
    {
        if (opened.State.HistoryOf(opened.Definition).Last(step) is not { } last || last.Key == recipe.Key) return;
        Console.WriteLine($"  last result: {last.Key} (run {last.Run})");
        if (opened.State.Results.Read(last.Key) is not { } earlier) return;
        foreach (var difference in Recipe.Differences(earlier.Recipe, recipe.Json)) Console.WriteLine($"    {difference}");
    }
}
