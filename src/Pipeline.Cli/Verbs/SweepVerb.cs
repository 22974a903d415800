using System.CommandLine;
using Pipeline.Cli.Sweeps;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Verbs;

internal static class SweepVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var step = new Argument<string?>("STEP") { Description = "The step with the matrix; needed where the file has several.", Arity = ArgumentArity.ZeroOrOne };
        var metric = new Option<string?>("--metric") { Description = "The metric to rank by; that of the step's select otherwise.", HelpName = "NAME" };
        var output = new Option<string?>("--output", "-o") { Description = "Write the table and charts as one HTML page.", HelpName = "FILE" };
        var json = PipelineArguments.JsonOption();
        var command = new Command("sweep", "Show the variants of a matrix as they are now, the best first: what varies, parameters, tokens, steps, the metric at each rung.") { Options = { metric, output, json } };
        pipeline.AddTo(command);
        command.Arguments.Add(step);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            var sweep = Sweep.Of(opened, parsed.GetValue(step), parsed.GetValue(metric));
            if (parsed.GetValue(output) is { } file)
            {
                if (sweep.Trials.All(t => t.Last is null)) throw new WrongInputException($"'{sweep.Step}' has no results to draw; make them: {opened.Given.Line("run")}");
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
                AtomicFile.Write(file, await SweepPage.MakeAsync(opened, sweep, cancellation));
            }

            if (parsed.GetValue(json)) Console.WriteLine(RunEventJson.CanonicalOrder(SweepTable.Json(sweep)));
            else foreach (var line in SweepTable.Lines(sweep)) Console.WriteLine(line);
            return ExitCode.Success;
        });
        return command;
    }
}
