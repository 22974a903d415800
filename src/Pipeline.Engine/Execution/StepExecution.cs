using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Plugins;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Takes one step whose inputs are known from decision to stored result.</summary>
public sealed class StepExecution(EngineState state, Executors executors, string run, string attempts, Func<StepDefinition, IReadOnlyList<SourceFile>> sources, StepGraph graph, Secrets secrets, Action<RunEvent> tell)
{
    /// <summary>Asked for by the first step that runs: a run that reuses everything does not pay for it.</summary>
    private readonly Lazy<IReadOnlyDictionary<string, string>> environment = new(() => RunEnvironment.Of(graph.Definition.Folder));

    private int saidUnlimited;

    /// <summary>The outcome, or null with who is doing this step now: then ask again later.</summary>
    /// <param name="decision">With its recipe: all that the step reads is there.</param>
    public async Task<(StepOutcome? Outcome, string HeldBy)> RunAsync(StepDefinition step, Decision.Run decision, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, bool forced, CancellationToken cancellation)
    {
        var key = decision.Key!;
        using var keyLock = FileLock.TryTake(Path.Combine(state.Folder.Locks, key));
        if (keyLock is null) return (null, "another run that is doing this step");
        if (await Made() is { } before) return (before, "");
        var (free, claim) = await state.Cache.TryClaimAsync(key, cancellation);
        if (!free) return (null, "another machine that is doing this step");
        await using var held = claim;
        // Between the look and the claim another may have finished it.
        if (claim is not null && await Made() is { } meanwhile) return (meanwhile, "");
        return (await RunHeldAsync(step, decision, share, upstream, forced, cancellation), "");

        async Task<StepOutcome?> Made()
        {
            if (forced || state.Cache.Find(key, anew: true) is not { } made) return null;
            if (!NeedsNothing(step, made) && !await FetchAsync(step, made, cancellation)) return null;
            return new(step, StepState.Reused, "another run has just done it", key, 0, made, null, "");
        }
    }

    private async Task<StepOutcome> RunHeldAsync(StepDefinition step, Decision.Run decision, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, bool forced, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var key = decision.Key!;
        var notice = NoticeFor(step);
        tell(new RunEvent.StepStarted(step, decision.Reason, notice));
        var logFile = Path.Combine(state.Folder.Runs, run, step.Id + ".log");
        var workspace = Path.Combine(state.Folder.Workspaces, key);
        var tries = new Attempts(step, state.Clock, tell);
        try
        {
            await state.Cache.FetchAsync(step.Inputs.SelectMany(i => upstream[i.Step].Outputs[i.Output].Files), cancellation);
            var shorter = await KeptStates.FetchAsync(state.Cache, decision.From, cancellation);
            var used = await secrets.OfAsync(step, cancellation);
            StepTask? task = null;
            TaskOutcome outcome;
            using (var file = new StepLog(step, logFile, tell))
            {
                var log = secrets.Hide(file);
                if (decision.From is { } from && shorter is null) log.Logged($"begins at the beginning: the state that run {from.Run} kept is neither here nor whole in {state.Cache.Address ?? "any store"}");
                outcome = await tries.RunAsync(
                    async (number, stop) => secrets.Hide(await executors.For(step).RunAsync(task = Prepare(step, key, share, upstream, workspace, number, forced ? PieceUse.Renew : PieceUse.Reuse) with { Secrets = used, Shorter = shorter, FromTheBeginning = forced }, log, stop)),
                    log.Logged,
                    cancellation);
                if (file.Missing is { } missing) notice = string.Join("; ", new[] { notice, $"its log is not whole: {missing}" }.Where(n => n.Length > 0));
            }

            if (outcome.Failure is { } failure) return Failed(failure.Cause, failure.Message);
            var result = Store(step, decision.Recipe!, upstream, task!, outcome, Math.Max(outcome.Seconds ?? 0, watch.Elapsed.TotalSeconds));
            await state.Cache.PublishAsync(result, CancellationToken.None);
            if (Directory.Exists(workspace)) Directory.Delete(workspace, recursive: true);
            return new(step, StepState.Ran, decision.Reason, key, watch.Elapsed.TotalSeconds, result, null, notice) { Attempts = tries.Count, Anew = outcome.Anew };
        }
        catch (DamagedBlobException e)
        {
            return Failed(FailureCause.LostInput, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StepFailedException)
        {
            return Failed(FailureCause.Step, e.Message);
        }

        StepOutcome Failed(FailureCause cause, string message) =>
            new(step, StepState.Failed, decision.Reason, key, watch.Elapsed.TotalSeconds, null, new(cause, secrets.Hide(message), logFile), notice) { Attempts = Math.Max(1, tries.Count) };
    }

    /// <summary>What the user of a step should know before it runs; else empty.</summary>
    private string NoticeFor(StepDefinition step)
    {
        if (step.Slurm is not null) return "";
        var notices = new List<string>();
        if (step.Resources.Ranks > 1 && executors.Ranks.Unavailable() is { } missing) notices.Add($"one process instead of {step.Resources.Ranks}, with the same result: {missing}");
        if (step.Resources.MemoryBytes > 0 && MemoryLimit.Unavailable is { } unlimited && Interlocked.Exchange(ref saidUnlimited, 1) == 0) notices.Add(unlimited);
        return string.Join("; ", notices);
    }

    /// <summary>A result that was in the store and of which a blob is no longer there, or was found damaged.</summary>
    public bool IsLost(StepResult result) => state.Cache.Find(result.Key) is null;

    /// <summary>A reused result of which nothing has to be fetched: people open the files of some outputs, and those are here.</summary>
    public bool NeedsNothing(StepDefinition step, StepResult result)
    {
        state.Cache.Keep(result);
        return ForPeople(step, result).All(state.Store.Has);
    }

    /// <summary>Fetches what people open of a reused result. False where it is nowhere: then the step has to run after all.</summary>
    public async Task<bool> FetchAsync(StepDefinition step, StepResult result, CancellationToken cancellation)
    {
        try
        {
            await state.Cache.FetchAsync(ForPeople(step, result), cancellation);
            return true;
        }
        catch (DamagedBlobException)
        {
            return false;
        }
    }

    private static IEnumerable<ArtifactFile> ForPeople(StepDefinition step, StepResult result) => step.Outputs.Where(Deliverables.Includes).SelectMany(o => result.Outputs[o.Name].Files);

    /// <summary>Does a step that has a result once more and stores nothing.</summary>
    public async Task<(StepTask Task, TaskOutcome Outcome)> ReplayAsync(StepDefinition step, string key, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, string workspace, IStepListener listener, CancellationToken cancellation)
    {
        var used = await secrets.OfAsync(step, cancellation);
        await state.Cache.FetchAsync(step.Inputs.SelectMany(i => upstream[i.Step].Outputs[i.Output].Files), cancellation);
        var task = Prepare(step, key, share, upstream, workspace, attempt: 1, PieceUse.Ignore) with { Secrets = used };
        return (task, secrets.Hide(await executors.For(step).RunAsync(task, secrets.Hide(listener), cancellation)));
    }

    private StepTask Prepare(StepDefinition step, string key, ResourceShare share, IReadOnlyDictionary<string, StepResult> upstream, string workspace, int attempt, PieceUse pieces)
    {
        // Flat, and removed with the whole run: making folders right after removing some is what file systems are slowest at.
        var name = attempt == 1 ? step.Id : $"{step.Id}.attempt-{attempt}";
        var outputs = step.Outputs.Where(o => o.Name != Metrics.Port).ToDictionary(o => o.Name, o => Path.Combine(attempts, $"{name}.{o.Name}"), StringComparer.Ordinal);
        foreach (var folder in outputs.Values.Append(Path.Combine(attempts, name + ".state")))
        {
            // A step that is done anew in one run finds nothing of what it wrote before.
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            if (outputs.ContainsValue(folder)) Directory.CreateDirectory(folder);
        }

        return new StepTask
        {
            Step = step.Id,
            Uses = step.Type.Name,
            Key = key,
            With = step.With,
            Env = step.Env,
            Inputs =
            [
                .. from input in step.Inputs
                   let output = upstream[input.Step].Outputs[input.Output]
                   select new TaskInput(input.Port, input.Member, input.Kind.Name, output.Digest, output.Files),
            ],
            Sources = sources(step),
            Plugins = [.. step.Inputs.Select(i => PluginLoader.Of(i.Kind)).Append(step.Type.Plugin).OfType<StepPlugin>().DistinctBy(p => p.File)],
            Ancestry = step.Type.ReadsAncestry ? graph.AncestryOf(step.Id) : [],
            Outputs = outputs,
            Store = state.Store.Root,
            Workspace = workspace,
            State = Path.Combine(attempts, name + ".state"),
            Scratch = Path.Combine(attempts, name + ".scratch"),
            Pieces = state.Folder.Pieces,
            PieceUse = pieces,
            OutcomeFile = Path.Combine(attempts, name + ".outcome.json"),
            Cpus = share.Cpus,
            MemoryBytes = step.Resources.MemoryBytes,
            Ranks = step.Resources.Ranks,
            GpusWanted = step.Resources.Gpus,
            Slurm = step.Slurm,
            Timeout = step.Timeout,
            Gpus = share.Gpus,
        };
    }

    private StepResult Store(StepDefinition step, Recipe recipe, IReadOnlyDictionary<string, StepResult> upstream, StepTask task, TaskOutcome outcome, double seconds)
    {
        var outputs = new SortedDictionary<string, ResultOutput>(StringComparer.Ordinal);
        foreach (var (name, folder) in task.Outputs)
        {
            secrets.RefuseInNames(name, folder);
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
            State = KeptStates.Take(state.Store, step.Type, recipe, task.State),
            WentOnFrom = outcome.WentOnFrom,
            Upstream = [.. step.Inputs.Select(i => upstream[i.Step].Key)],
            Environment = environment.Value,
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

    /// <summary>A step's log file, opened at its first line. A disk that is full costs lines, never the step: whoever reads what a command says must go on reading, else the command waits for ever.</summary>
    private sealed class StepLog(StepDefinition step, string file, Action<RunEvent> tell) : IStepListener, IDisposable
    {
        private readonly Lock gate = new();
        private StreamWriter? writer;

        /// <summary>Why lines are missing, or null.</summary>
        public string? Missing { get; private set; }

        public void Logged(string line)
        {
            lock (gate)
            {
                try
                {
                    writer ??= Open();
                    writer.WriteLine(line);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Missing ??= e.Message;
                    Dispose();
                }
            }

            tell(new RunEvent.StepLogged(step, line));
        }

        public void Progressed(StepProgress progress) => tell(new RunEvent.StepProgressed(step, progress));

        public void Waits(string reason)
        {
            Logged(reason);
            tell(new RunEvent.StepWaits(step, reason));
        }

        public void Dispose()
        {
            try
            {
                writer?.Dispose();
            }
            catch (IOException e)
            {
                Missing ??= e.Message;
            }

            writer = null;
        }

        private StreamWriter Open()
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return new StreamWriter(file, append: true) { AutoFlush = true };
        }
    }
}
