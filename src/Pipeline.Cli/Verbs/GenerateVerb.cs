using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Cli.Screens;
using Pipeline.Steps.Writing;
using Pipeline.Training.Sampling;

namespace Pipeline.Cli.Verbs;

internal static class GenerateVerb
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var arguments = new ModelArguments();
        var prompt = new Option<string[]>("--prompt") { Description = "The text to continue. Given several times, all are continued in one batch, each as it would be alone, and a line of JSON tells the prompt and the text of each.", HelpName = "TEXT", Required = true };
        var command = new Command("generate", "Continue a text with a model. What it writes, and nothing else, goes to standard output.") { Options = { prompt } };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = arguments.Options(parsed);
            using var scratch = new ScratchFolder();
            using var model = await arguments.OpenAsync(parsed, scratch.Path, cancellation);
            using var output = new TextOutput(cancellation);
            return output.Take(write => Write(model, parsed.GetValue(prompt)!, options, write)) ? ExitCode.Success : ExitCode.Cancelled;
        });
        return command;
    }

    private static void Write(TextModel model, string[] prompts, GenerationOptions options, Action<string> write)
    {
        if (prompts is [var only]) model.Continue(only, options, write);
        else write(string.Join('\n', prompts.Zip(model.Continue(prompts, options), (prompt, text) => new JsonObject { ["prompt"] = prompt, ["text"] = text }.ToJsonString(Plain))));
    }
}
