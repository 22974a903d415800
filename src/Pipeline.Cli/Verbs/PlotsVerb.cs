using System.CommandLine;
using Pipeline.Cli.Comparing;
using Pipeline.Cli.Plots;
using Pipeline.Cli.Screens;

namespace Pipeline.Cli.Verbs;

internal static class PlotsVerb
{
    public static Command Create() => new("plots", "Draw training curves and final metrics, or compare them with those of a git ref: SVG, and one HTML page.") { Show(), Diff() };

    private static Command Show()
    {
        var pipeline = new PipelineArguments();
        var output = OutputOption();
        var command = new Command("show", "Draw the results here, as 'metrics' shows them.") { Options = { output } };
        pipeline.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            return DrawAsync(opened, [Results(opened)], parsed.GetValue(output), cancellation);
        });
        return command;
    }

    private static Command Diff()
    {
        var pipeline = new PipelineArguments();
        var reference = new Argument<string>("REF") { Description = "The commit, branch or tag whose lock file names the old results." };
        var head = new Option<string?>("--head") { Description = "Compare with the lock file of this commit, branch or tag instead of the results here.", HelpName = "REF" };
        var output = OutputOption();
        var command = new Command("diff", "Draw the results here over those that the lock file of a git ref names; curves of results that are gone are left out, and that is said.") { Options = { head, output } };
        pipeline.AddTo(command);
        command.Arguments.Add(reference);
        command.SetAction((parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            var old = MetricsSide.AtRef(opened, parsed.GetValue(reference)!);
            var now = parsed.GetValue(head) is { } other ? MetricsSide.AtRef(opened, other) : Results(opened);
            return DrawAsync(opened, [old, now], parsed.GetValue(output), cancellation);
        });
        return command;
    }

    private static Option<string?> OutputOption() => new("--output", "-o") { Description = "The folder to write into; plots/NAME in the state folder otherwise.", HelpName = "DIR" };

    private static MetricsSide Results(OpenedPipeline opened) => MetricsSide.LastResults(opened) is { Steps.Count: > 0 } side ? side : throw new WrongInputException($"{opened.Definition.Name} has no results yet; make them: {opened.Given.Line("run")}");

    private static async Task<int> DrawAsync(OpenedPipeline opened, IReadOnlyList<MetricsSide> sides, string? output, CancellationToken cancellation)
    {
        var set = await ChartSet.MakeAsync(opened, sides, cancellation);
        foreach (var note in set.Notes) Console.Error.WriteLine($"note: {note}");
        if (set.Charts.Count == 0) throw new WrongInputException($"{opened.Definition.Name} has nothing to draw: no training log, and no loss, perplexity, bits per byte or accuracy among its metrics.");
        if (output is null) opened.State.Folder.Create();
        var folder = output ?? Path.Combine(opened.State.Folder.Root, "plots", opened.Definition.Name);
        // Ours alone: what an earlier comparison drew must not stay beside this one.
        if (output is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var names = PlotPage.Write(folder, $"{opened.Definition.Name}: {string.Join(" → ", sides.Select(s => s.Label))}", set);
        Console.WriteLine($"{Text.Count(set.Charts.Count, "chart")} -> {Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.Combine(folder, names[0]))}");
        return ExitCode.Success;
    }
}
