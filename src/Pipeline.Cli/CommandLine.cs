using System.CommandLine;
using System.CommandLine.Parsing;
using Pipeline.Cli.Verbs;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Registry;
using Pipeline.Engine.Storage;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Cli;

/// <summary>The verbs, and the one place where an exception becomes a message and an exit code.</summary>
public static class CommandLine
{
    /// <summary>How long a cancelled run may take to end in order: longer than a worker has to write its checkpoint.</summary>
    private static readonly TimeSpan PatienceWithSteps = TimeSpan.FromSeconds(45);

    private static readonly Verb[] All =
    [
        new("run", RunVerb.Create),
        new("watch", WatchVerb.Create),
        new("plan", PlanVerb.Create),
        new("approve", ApproveVerb.Create),
        new("explain", ExplainVerb.Create),
        new("validate", ValidateVerb.Create),
        new("graph", GraphVerb.Create),
        new("verify", VerifyVerb.Create),
        new("status", StatusVerb.Create),
        new("runs", RunsVerb.Create),
        new("logs", LogsVerb.Create),
        new("metrics", MetricsVerb.Create),
        new("plots", PlotsVerb.Create),
        new("sweep", SweepVerb.Create),
        new("push", PushVerb.Create),
        new("pull", PullVerb.Create),
        new("checkout", CheckoutVerb.Create),
        new("artifacts", ArtifactsVerb.Create),
        new("generate", GenerateVerb.Create),
        new("chat", ChatVerb.Create),
        new("lineage", LineageVerb.Create),
        new("registry", RegistryVerb.Create),
        new("steps", StepsVerb.Create),
        new("schema", SchemaVerb.Create),
        new("init", InitVerb.Create),
        new("gc", GcVerb.Create),
        new("worker", WorkerVerb.Create),
    ];

    /// <param name="only">The one verb that is needed: making all of them takes longer than many a verb does. All where it is null, or no verb.</param>
    public static RootCommand Root(string? only = null)
    {
        var root = new RootCommand("Runs the whole life of a language model from one YAML file: a DAG of typed steps, cached by content, resumed after any crash.");
        foreach (var verb in Array.FindAll(All, v => v.Name == only) is { Length: > 0 } one ? one : All) root.Subcommands.Add(verb.Create());
        return root;
    }

    /// <summary>Runs this program again inside this process, on another libtorch.</summary>
    internal static int RunOnLibTorch(string folder, string[] args)
    {
        try
        {
            return LibTorchChoice.Run(folder, typeof(CommandLine).Assembly, args);
        }
        catch (LibTorchException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.WrongInput;
        }
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root(args.FirstOrDefault()).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            if (parsed.CommandResult.Command is RootCommand root && args is [var verb, ..] && !verb.StartsWith('-'))
                await Console.Error.WriteLineAsync($"There is no '{verb}'{(Nearest.Of(verb, root.Subcommands.Select(c => c.Name)) is { } near ? $"; did you mean '{near}'?" : ".")}");
            else
                foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(Said(error));
            await Console.Error.WriteLineAsync($"Try: pipeline {Verbs(parsed.CommandResult)}--help");
            return ExitCode.WrongInput;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = PatienceWithSteps });
        }
        catch (Exception e) when (e is WrongInputException or LibTorchException or StateFolderException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }
        catch (SourceMissingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }
        catch (Exception e) when (e is StepFailedException or DamagedBlobException or RemoteStoreException or RegistryException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.StepFailed;
        }
    }

    /// <summary>The library's own words for a number that is none name a type of .NET.</summary>
    private static string Said(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens: [var given] } wrong && NumberOf(wrong.Option.ValueType) is { } expected && error.Message.Contains("System.", StringComparison.Ordinal)
            ? $"{wrong.Option.Name} is '{given.Value}', but must be {expected}."
            : error.Message;

    private static string? NumberOf(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => $"a whole number of at most {int.MaxValue}",
        TypeCode.Int64 => $"a whole number of at most {long.MaxValue}",
        TypeCode.Double => "a number such as 0.7",
        _ => null,
    };

    private static string Verbs(SymbolResult? of) => of is CommandResult { Command: not RootCommand } verb ? $"{Verbs(verb.Parent)}{verb.Command.Name} " : "";

    private sealed record Verb(string Name, Func<Command> Create);
}

/// <summary>The file or the command line is wrong. The message stands alone.</summary>
public sealed class WrongInputException(string message) : Exception(message);
