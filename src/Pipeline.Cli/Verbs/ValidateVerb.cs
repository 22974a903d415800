using System.CommandLine;

namespace Pipeline.Cli.Verbs;

internal static class ValidateVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var command = new Command("validate", "Check a pipeline file: every problem at once, with its place and its remedy.");
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var opened = pipeline.Open(parsed, looksForFiles: true);
            Console.WriteLine($"{opened.Definition.Name}: {opened.Definition.Steps.Count} step{(opened.Definition.Steps.Count == 1 ? "" : "s")}, no problem");
            return ExitCode.Success;
        });
        return command;
    }
}
