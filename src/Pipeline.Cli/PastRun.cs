using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;

namespace Pipeline.Cli;

/// <summary>Tells a run that is over from its log.</summary>
internal static class PastRun
{
    /// <summary>Prints its events as OpenLineage and returns the exit code.</summary>
    /// <param name="wanted">The newest of the file where it is null.</param>
    /// <exception cref="WrongInputException">There is no such run.</exception>
    public static int Print(EngineState state, StepCatalog catalog, string file, string? wanted)
    {
        var (run, lines) = RunLog.ReadAll(state.Folder).FirstOrDefault(r => (wanted is null || r.Run == wanted) && FileOf(r.Events) == file);
        if (run is null) throw new WrongInputException($"{Path.GetRelativePath(Directory.GetCurrentDirectory(), file)} has no run{(wanted is null ? "" : $" '{wanted}'")} in {state.Folder.Root}; runs: pipeline runs.");
        var finished = lines.LastOrDefault(l => Recipe.TextOf(l["event"]) == "run.finished");
        var events = new OpenLineageEvents(OpenLineage.Setting(state, catalog, file, Commit(state, run, lines)));
        if (finished is not null) events.Foresee(finished);
        var told = lines.SelectMany(events.Of).ToList();
        if (!AttemptFolder.IsAlive(state.Folder, run)) told.AddRange(events.BrokenOff());
        foreach (var one in told) Console.WriteLine(RunEventJson.CanonicalOrder(one));
        return ExitCode.Success;
    }

    private static string FileOf(IReadOnlyList<JsonObject> lines) => Recipe.TextOf(lines.FirstOrDefault(l => Recipe.TextOf(l["event"]) == "run.started")?["file"]);

    /// <summary>What the results of the run say that was checked out then.</summary>
    private static string? Commit(EngineState state, string run, IReadOnlyList<JsonObject> lines) => (
        from line in lines
        where Recipe.TextOf(line["event"]) == "step.finished"
        let result = state.Cache.Read(Recipe.TextOf(line["key"]))
        where result?.Run == run
        select result.Environment.GetValueOrDefault("git.commit")).FirstOrDefault();
}
