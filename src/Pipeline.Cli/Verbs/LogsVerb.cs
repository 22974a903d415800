using System.CommandLine;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class LogsVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var step = new Argument<string>("STEP") { Description = "The step whose log to print." };
        var run = new Option<string?>("--run") { Description = "Of this run; the newest that has one otherwise.", HelpName = "ID" };
        var command = new Command("logs", "Print what a step logged.") { Options = { run } };
        pipeline.AddTo(command);
        command.Arguments.Add(step);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed);
            var id = opened.Step(parsed.GetValue(step)!).Id;
            var runs = opened.State.Folder.Runs;
            var folders = Directory.Exists(runs) ? Directory.EnumerateDirectories(runs).OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>();
            // Other pipelines may have a step of that name.
            folders = parsed.GetValue(run) is { } wanted ? folders.Where(f => Path.GetFileName(f) == wanted) : folders.Where(f => RunLog.PipelineOf(f) == opened.Definition.File);
            var log = folders.Select(f => Path.Combine(f, id + ".log")).FirstOrDefault(File.Exists)
                ?? throw new WrongInputException($"'{id}' has logged nothing{(parsed.GetValue(run) is { } r ? $" in run {r}" : "")}; runs: {opened.Given.Runs}");
            using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var output = Console.OpenStandardOutput();
            stream.CopyTo(output);
            return ExitCode.Success;
        });
        return command;
    }
}
