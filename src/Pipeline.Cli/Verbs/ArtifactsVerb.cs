using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Cli.Verbs;

internal static class ArtifactsVerb
{
    public static Command Create() => new("artifacts", "List, print and export what the steps made: their current results, or where one is not made, the last one, marked stale.") { List(), Cat(), Export() };

    private static Command List()
    {
        var pipeline = new PipelineArguments();
        var command = new Command("ls", "List the artifacts of each step's result: the current one, or where that is not made, the last one, marked stale. With --param, --set or --profile only what was made with these values.");
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            opened.Results.Tell(opened.Definition.Steps);
            foreach (var step in opened.Definition.Steps)
            {
                if (opened.Results.Of(step) is not { } result) continue;
                foreach (var output in step.Outputs)
                {
                    var made = result.Outputs[output.Name];
                    Console.WriteLine($"{made.Digest[..12]}  {Text.Bytes(made.TotalBytes),10}  {made.Files.Count,4} file{(made.Files.Count == 1 ? " " : "s")}  {output.Kind.Name,-13}  {step.Id}.{output.Name}{opened.Results.Mark(step)}");
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Cat()
    {
        var pipeline = new PipelineArguments();
        var reference = ReferenceArgument();
        var json = new Option<bool>("--json") { Description = "Rows as JSON, one a line (the default wherever an artifact has rows)." };
        var limit = new Option<int>("--limit") { Description = "Print at most so many rows; 0 prints all.", HelpName = "N" };
        var command = new Command("cat", "Print the rows of an artifact as JSON lines.") { Options = { json, limit } };
        pipeline.AddTo(command);
        command.Arguments.Add(reference);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            var (step, output) = opened.Output(parsed.GetValue(reference)!);
            var rows = ArtifactRows.Read(output.Kind, await opened.FetchAsync(opened.Results.Require(step).Outputs[output.Name], cancellation));
            var count = parsed.GetValue(limit);
            using var writer = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
            foreach (var row in count > 0 ? rows.Take(count) : rows) writer.Write(row + "\n");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Export()
    {
        var pipeline = new PipelineArguments();
        var reference = ReferenceArgument();
        var target = new Argument<string>("DIR") { Description = "The folder to write the files in." };
        var command = new Command("export", "Write the files of an artifact into a folder.");
        pipeline.AddTo(command);
        command.Arguments.Add(reference);
        command.Arguments.Add(target);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            var (step, output) = opened.Output(parsed.GetValue(reference)!);
            var made = opened.Results.Require(step).Outputs[output.Name];
            await opened.FetchAsync(made, cancellation);
            var folder = parsed.GetValue(target)!;
            Deliverables.Copy(opened.State.Store, made, folder);
            Console.WriteLine($"{made.Files.Count} file{(made.Files.Count == 1 ? "" : "s")}, {Text.Bytes(made.TotalBytes)} -> {folder}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> ReferenceArgument() => new("STEP[.OUTPUT]") { Description = "A step, or one of its outputs." };
}
