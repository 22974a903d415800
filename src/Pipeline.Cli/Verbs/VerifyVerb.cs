using System.CommandLine;
using System.Text.Json.Nodes;
using Pipeline.Cli.Reports;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;
using Pipeline.Steps.Comparing;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Cli.Verbs;

internal static class VerifyVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var steps = new Argument<string[]>("STEP") { Description = "The steps to verify; all of them otherwise.", Arity = ArgumentArity.ZeroOrMore };
        var libtorch = new Option<string?>(LibTorchChoice.Option) { Description = $"Load libtorch from this folder instead of the one that came along (also {LibTorchChoice.Variable}).", HelpName = "DIR" };
        var junit = CiArguments.JUnitOption();
        var json = PipelineArguments.JsonOption();
        var command = new Command("verify", "Do steps again from their recorded inputs, in a clean workspace, and compare every byte with what is stored.") { Options = { libtorch, junit, json } };
        pipeline.AddTo(command);
        command.Arguments.Add(steps);
        command.SetAction(async (parsed, cancellation) =>
        {
            if ((parsed.GetValue(libtorch) ?? LibTorchChoice.Requested([])) is { } folder) LibTorchChoice.HandOn(folder);
            var opened = pipeline.Open(parsed);
            var report = CiArguments.Writable(parsed.GetValue(junit), "--junit");
            var wanted = (parsed.GetValue(steps) ?? []).Select(id => opened.Step(id).Id).ToHashSet(StringComparer.Ordinal);
                var verification = new Verification(opened.State, Places.For(opened), MachineResources.OfThisMachine(), FormatDifference.Describe);
            Action<StepVerdict> tell = parsed.GetValue(json) ? verdict => Console.WriteLine(RunEventJson.CanonicalOrder(Json(verdict))) : verdict => Print(opened, verdict);
            try
            {
                var verdicts = await verification.RunAsync(opened.Definition, wanted, tell, new Silent(), cancellation);
                if (report is not null) JUnitReport.Of(opened.Definition.Name, verdicts, opened.State.Clock.GetUtcNow()).Write(report);
                if (!parsed.GetValue(json)) Console.WriteLine(string.Join(", ", verdicts.GroupBy(v => v.Verdict).OrderBy(g => g.Key).Select(g => $"{g.Count()} {Word(g.Key)}")));
                if (verdicts.Any(v => v.Verdict is Verdict.Differs or Verdict.Failed)) return ExitCode.StepFailed;
                return verdicts.Any(v => v.Verdict == Verdict.Stale) ? ExitCode.Stale : ExitCode.Success;
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Cancelled;
            }
        });
        return command;
    }

    private static void Print(OpenedPipeline opened, StepVerdict verdict)
    {
        Console.WriteLine($"{Word(verdict.Verdict),-7}  {verdict.Step.Id}  {(verdict.Verdict == Verdict.Stale ? "" : Text.Duration(verdict.Seconds))}".TrimEnd());
        foreach (var found in verdict.Differences) Console.WriteLine($"         {found.Output}/{found.File}{(found.Offset is { } at ? $" from byte {at}" : "")}: {found.What}");
        if (verdict.Note.Length > 0) Console.WriteLine($"         {verdict.Note}");
        if (verdict.Verdict == Verdict.Stale) Console.WriteLine($"         there is no current result to compare with: pipeline run {Path.GetRelativePath(Directory.GetCurrentDirectory(), opened.Definition.File)}");
    }

    private static JsonObject Json(StepVerdict verdict)
    {
        var json = new JsonObject
        {
            ["id"] = verdict.Step.Id,
            ["verdict"] = Word(verdict.Verdict),
            ["seconds"] = Math.Round(verdict.Seconds, 3),
            ["differences"] = new JsonArray([.. verdict.Differences.Select(d => new JsonObject { ["output"] = d.Output, ["file"] = d.File, ["offset"] = d.Offset, ["what"] = d.What })]),
        };
        if (verdict.Note.Length > 0) json["note"] = verdict.Note;
        return json;
    }

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    private sealed class Silent : IStepListener
    {
        public void Logged(string line)
        {
        }

        public void Progressed(StepProgress progress)
        {
        }
    }
}
