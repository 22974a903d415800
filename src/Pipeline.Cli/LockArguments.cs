using System.CommandLine;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli;

/// <summary>The option <c>--locked</c>, and how a broken lock is told.</summary>
internal static class LockArguments
{
    public static Option<bool> Option(string description) => new("--locked") { Description = description };

    /// <exception cref="WrongInputException">There is no lock file, or it is damaged.</exception>
    public static LockCheck Read(OpenedPipeline opened) => new(Parse(opened));

    /// <exception cref="WrongInputException">There is no lock file, or it is damaged.</exception>
    public static PipelineLock Parse(OpenedPipeline opened)
    {
        var path = LockFile.PathFor(opened.Definition.File);
        var name = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        if (!File.Exists(path)) throw new WrongInputException($"There is no lock file {name}. A run without --locked writes it; commit it.");
        try
        {
            return LockFile.Parse(File.ReadAllText(path), name);
        }
        catch (InvalidDataException e)
        {
            throw new WrongInputException(e.Message);
        }
    }

    /// <summary>What the plan would make otherwise than the lock file says; empty where it holds.</summary>
    public static IReadOnlyList<LockDifference> Differences(OpenedPipeline opened, IReadOnlySet<string> force)
    {
        var planner = opened.State.PlannerFor(new(opened.Definition), opened.State.HistoryOf(opened.Definition), force, out _);
        return Read(opened).Differences(planner.Plan(), planner, opened.State.Results.Read);
    }

    /// <summary>Prints the differences and returns the exit code.</summary>
    public static int Tell(OpenedPipeline opened, IReadOnlyList<LockDifference> differences, bool json)
    {
        if (json)
        {
            foreach (var found in differences) Console.WriteLine(RunEventJson.CanonicalOrder(new() { ["event"] = "lock.differs", ["id"] = found.Step, ["what"] = found.What }));
        }
        else
        {
            var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), opened.Definition.File);
            Console.Error.WriteLine($"{file} would not give what {Path.GetRelativePath(Directory.GetCurrentDirectory(), LockFile.PathFor(opened.Definition.File))} says; nothing was run:");
            foreach (var found in differences) Console.Error.WriteLine($"  {found.Step}: {found.What}");
            Console.Error.WriteLine($"If that is meant, run without --locked and commit the lock file: {(opened.Given with { Own = [] }).Line("run")}");
        }

        return ExitCode.Stale;
    }
}
