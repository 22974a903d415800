using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Data.Conversations;

namespace Pipeline.Cli.Verbs;

internal static class ChatVerb
{
    private const string Exit = "/exit";
    private const string Fresh = "/new";

    public static Command Create()
    {
        var arguments = new ModelArguments();
        var command = new Command("chat", $"Talk with a model that was trained on conversations, a line a turn. {Fresh} begins anew, {Exit} ends.");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = arguments.Options(parsed);
            using var scratch = new ScratchFolder();
            using var model = await arguments.OpenAsync(parsed, scratch.Path, cancellation);
            using var output = new TextOutput(cancellation);
            await Console.Error.WriteLineAsync($"{model.Description}. {Fresh} begins anew, {Exit} ends.");
            var turns = new List<Turn>();
            while (!cancellation.IsCancellationRequested)
            {
                await Console.Error.WriteAsync("> ");
                if (await Console.In.ReadLineAsync(cancellation) is not { } line || line.Trim() == Exit) break;
                if (line.Trim() == Fresh) turns.Clear();
                if (line.Trim().Length == 0 || line.Trim() == Fresh) continue;
                turns.Add(new(Roles.User, line));
                // Another draw for each turn, and all of them from one seed.
                if (!output.Take(write => turns.Add(new(Roles.Assistant, model.Answer(turns, options with { Seed = options.Seed + turns.Count / 2 }, write))))) return ExitCode.Cancelled;
            }

            return ExitCode.Success;
        });
        return command;
    }
}
