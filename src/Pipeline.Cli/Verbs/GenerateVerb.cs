using System.CommandLine;
using Pipeline.Cli.Screens;

namespace Pipeline.Cli.Verbs;

internal static class GenerateVerb
{
    public static Command Create()
    {
        var arguments = new ModelArguments();
        var prompt = new Option<string>("--prompt") { Description = "The text to continue.", HelpName = "TEXT", Required = true };
        var command = new Command("generate", "Continue a text with a model. What it writes, and nothing else, goes to standard output.") { Options = { prompt } };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = arguments.Options(parsed);
            using var scratch = new ScratchFolder();
            using var model = await arguments.OpenAsync(parsed, scratch.Path, cancellation);
            using var output = new TextOutput(cancellation);
            return output.Take(write => model.Continue(parsed.GetValue(prompt)!, options, write)) ? ExitCode.Success : ExitCode.Cancelled;
        });
        return command;
    }
}
