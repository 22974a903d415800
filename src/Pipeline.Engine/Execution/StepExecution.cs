using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Takes one step whose inputs are known from decision to stored result.</summary>
public sealed class StepExecution(EngineState state, IExecutor inProcess, IExecutor worker, RankLauncher launcher, string run, string attempts, Func<StepDefinition, IReadOnlyList<SourceFile>> sources, StepGraph graph, Action<RunEvent> tell)
{
    public async Task<StepOutcome> RunAsync(StepDefinition step, Decision.Run decision, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, bool forced, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var key = decision.Recipe.Key;
        using var keyLock = await FileLock.TakeAsync(Path.Combine(state.Folder.Locks, key), () => tell(new RunEvent.StepWaits(step, "another run that is doing this step")), cancellation);
        if (!forced && state.Results.Find(key) is { } made)
            return new(step, StepState.Reused, "another run has just done it", key, 0, made, null, "");

        var notice = step.Resources.Ranks > 1 && launcher.Unavailable() is { } missing ? $"one process instead of {step.Resources.Ranks}, with the same result: {missing}" : "";
        tell(new RunEvent.StepStarted(step, decision.Reason, notice));
        var logFile = Path.Combine(state.Folder.Runs, run, step.Id + ".log");
        var workspace = Path.Combine(state.Folder.Workspaces, key);
        var tries = new Attempts(step, state.Clock, tell);
        try
        {
            StepTask? task = null;
            TaskOutcome outcome;
            using (var log = new StepLog(step, logFile, tell))
            {
                outcome = await tries.RunAsync(
                    (number, stop) => (step.Type.Isolated ? worker : inProcess).RunAsync(task = Prepare(step, key, share, upstream, workspace, number), log, stop),
                    log.Logged,
                    cancellation);
            }

            if (outcome.Failure is { } failure) return Failed(failure.Cause, failure.Message);
            var result = Store(step, decision.Recipe, task!, outcome, watch.Elapsed.TotalSeconds);
            if (Directory.Exists(workspace)) Directory.Delete(workspace, recursive: true);
            return new(step, StepState.Ran, decision.Reason, key, watch.Elapsed.TotalSeconds, result, null, notice) { Attempts = tries.Count };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StepFailedException)
        {
            return Failed(FailureCause.Step, e.Message);
        }

        StepOutcome Failed(FailureCause cause, string message) =>
            new(step, StepState.Failed, decision.Reason, key, watch.Elapsed.TotalSeconds, null, new(cause, message, logFile), notice) { Attempts = Math.Max(1, tries.Count) };
    }

    /// <summary>A result that was in the store and of which a blob is no longer there, or was found damaged.</summary>
    public bool IsLost(StepResult result) => state.Results.Find(result.Key) is null;

    private StepTask Prepare(StepDefinition step, string key, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, string workspace, int attempt)
    {
        // Flat, and removed with the whole run: making folders right after removing some is what file systems are slowest at.
        var name = attempt == 1 ? step.Id : $"{step.Id}.attempt-{attempt}";
        var outputs = step.Outputs.Where(o => o.Name != Metrics.Port).ToDictionary(o => o.Name, o => Path.Combine(attempts, $"{name}.{o.Name}"), StringComparer.Ordinal);
        foreach (var folder in outputs.Values) Directory.CreateDirectory(folder);
        return new StepTask
        {
            Step = step.Id,
            Uses = step.Type.Name,
            Key = key,
            With = step.With,
            Inputs =
            [
                .. from input in step.Inputs
                   let output = upstream[input.Step].Outputs[input.Output]
                   select new TaskInput(input.Port, input.Member, input.Kind.Name, output.Digest, output.Files),
            ],
            Sources = sources(step),
            Ancestry = step.Type.ReadsAncestry ? graph.AncestryOf(step.Id) : [],
            Outputs = outputs,
            Store = state.Store.Root,
            Workspace = workspace,
            Scratch = Path.Combine(attempts, name + ".scratch"),
            OutcomeFile = Path.Combine(attempts, name + ".outcome.json"),
            Cpus = share.Cpus,
            Ranks = step.Resources.Ranks,
            Gpus = share.Gpus,
        };
    }

    private StepResult Store(StepDefinition step, Recipe recipe, StepTask task, TaskOutcome outcome, double seconds)
    {
        var outputs = new SortedDictionary<string, ResultOutput>(StringComparer.Ordinal);
        foreach (var (name, folder) in task.Outputs)
        {
            var manifest = state.Store.TakeFolder(folder);
            outputs[name] = new(manifest.Digest, manifest.Files);
        }

        outputs[Metrics.Port] = StoreMetrics(outcome.Metrics);
        if (task.Sources.Count > 0) state.Store.Put(Planner.SourceManifest(task.Sources).Bytes);
        var result = new StepResult
        {
            Key = recipe.Key,
            Recipe = recipe.Json,
            Outputs = outputs,
            Metrics = outcome.Metrics,
            Measurements = outcome.Measurements,
            Summary = outcome.Summary,
            Seconds = Math.Round(seconds, 3),
            Run = run,
            Finished = state.Clock.GetUtcNow(),
        };
        state.Results.Write(result);
        return result;
    }

    private ResultOutput StoreMetrics(IReadOnlyDictionary<string, double> metrics)
    {
        var bytes = CanonicalJson.Bytes(new JsonObject(metrics.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))));
        var manifest = new Manifest([new(Metrics.FileName, bytes.Length, state.Store.Put(bytes))]);
        state.Store.Put(manifest.Bytes);
        return new(manifest.Digest, manifest.Files);
    }

    /// <summary>A step's log file, opened at its first line.</summary>
    private sealed class StepLog(StepDefinition step, string file, Action<RunEvent> tell) : IStepListener, IDisposable
    {
        private readonly Lock gate = new();
        private StreamWriter? writer;

        public void Logged(string line)
        {
            lock (gate)
            {
                writer ??= Open();
                writer.WriteLine(line);
            }

            tell(new RunEvent.StepLogged(step, line));
        }

        public void Progressed(StepProgress progress) => tell(new RunEvent.StepProgressed(step, progress));

        public void Dispose() => writer?.Dispose();

        private StreamWriter Open()
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return new StreamWriter(file, append: true) { AutoFlush = true };
        }
    }
}
