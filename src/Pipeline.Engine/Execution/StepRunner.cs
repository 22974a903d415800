using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Does a task in this process. Workers and in-process steps both end here.</summary>
public static class StepRunner
{
    private const int MostNamed = 10;

    /// <param name="rank">Of this process, where the task is given to several.</param>
    public static async Task<TaskOutcome> RunAsync(StepTask task, StepCatalog catalog, LocalStore store, IStepListener listener, CancellationToken cancellation, int rank = 0)
    {
        if (catalog.Find(task.Uses) is not { } type)
            return TaskOutcome.Failed(FailureCause.Step, $"This program has no step type '{task.Uses}'; the worker and the engine must be the same version.");
        var shares = type.SharesPieces && task.Ranks > 1;
        // Without earlier pieces to be found, ranks cannot find one another's either.
        if (shares && rank > 0 && task.PieceUse != PieceUse.Reuse) return new();
        var kept = Path.Combine(task.PieceUse == PieceUse.Reuse ? task.Workspace : task.Scratch, "kept");
        if (shares && rank > 0) task = Apart(task, rank);
        var pieces = PiecesOf(task, type, store, kept, shares ? rank : null);
        var context = new StepContext
        {
            WorkspacePath = task.Workspace,
            ScratchPath = task.Scratch,
            StatePath = task.State,
            Shorter = task.Shorter is { } shorter ? (shorter.Run, new Artifact(shorter.Digest, shorter.Files, store.Locate)) : null,
            FromTheBeginning = task.FromTheBeginning,
            Sources = [.. task.Sources.Where(s => s.LeftOut is null)],
            LeftOut = [.. task.Sources.Where(s => s.LeftOut is not null)],
            Cpus = task.Cpus,
            Rank = rank,
            Cancellation = cancellation,
            Ancestry = task.Ancestry,
            Environment = task.Variables(),
            Listener = listener,
            Pieces = pieces,
        };
        if (rank == 0 && context.LeftOut is { Count: > 0 } leftOut)
            listener.Logged($"not read: {string.Join("; ", leftOut.Take(MostNamed).Select(s => $"{s.Name} {s.LeftOut}"))}{(leftOut.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"; and {leftOut.Count - MostNamed:N0} more") : "")}");
        try
        {
            var kinds = Kinds(catalog);
            var inputs = task.Inputs.Select(i => new BoundInput(i.Port, i.Member, kinds[i.Kind], i.Digest, i.Files, store.Locate)).ToList();
            await type.RunAsync(SecretReference.Fill(task.With, name => task.Secrets[name]), inputs, task.Outputs, context);
            RefuseOdd(context.Metrics);
            foreach (var part in pieces.Parts)
            {
                context.Measure($"pieces.{part}.made", pieces.Count(part).Made);
                context.Measure($"pieces.{part}.found", pieces.Count(part).Found);
            }

            if (pieces.Anew is { } anew) listener.Logged(anew);
            return new TaskOutcome { Metrics = context.Metrics, Measurements = context.Measurements, Summary = context.Summary, Anew = pieces.Anew, WentOnFrom = context.WentOnFrom };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return TaskOutcome.Failed(FailureCause.Cancelled, "cancelled; what it had done is kept in its workspace");
        }
        catch (Exception e)
        {
            // The whole of it goes to the log; the message is what the run shows.
            if (e is not StepFailedException) listener.Logged(e.ToString());
            var cause = e switch { GateFailedException => FailureCause.Gate, DivergedException => FailureCause.Diverged, DamagedBlobException => FailureCause.LostInput, FileNotFoundException { FileName: { } gone } when gone.StartsWith(store.Root, StringComparison.Ordinal) => FailureCause.LostInput, _ when Causes.IsOutOfMemory(e) => FailureCause.OutOfMemory, _ => FailureCause.Step };
            return TaskOutcome.Failed(cause, e is StepFailedException or DamagedBlobException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The task for another rank than the first: what it writes beside pieces is its own, and dropped.</summary>
    private static StepTask Apart(StepTask task, int rank)
    {
        var own = Path.Combine(task.Scratch, string.Create(CultureInfo.InvariantCulture, $"rank-{rank}"));
        return task with { Scratch = own, Workspace = Path.Combine(own, "workspace"), State = Path.Combine(own, "state"), Outputs = task.Outputs.ToDictionary(o => o.Key, o => Directory.CreateDirectory(Path.Combine(own, "outputs", o.Key)).FullName) };
    }

    /// <param name="rank">Null where one process makes them all.</param>
    private static PieceStore PiecesOf(StepTask task, StepType type, LocalStore store, string kept, int? rank)
    {
        var ignore = task.PieceUse == PieceUse.Ignore;
        var records = new PieceRecords(ignore ? Path.Combine(task.Scratch, "pieces") : task.Pieces, TimeProvider.System);
        return new(type, task.With, task.Env, records, ignore ? null : store, kept, reuse: task.PieceUse == PieceUse.Reuse, rank is { } own && task.PieceUse == PieceUse.Reuse ? new PieceShare(own, task.Ranks) : null);
    }

    private static void RefuseOdd(IReadOnlyDictionary<string, double> metrics)
    {
        if (metrics.FirstOrDefault(m => !double.IsFinite(m.Value)) is { Key: { } name } odd) throw new StepFailedException($"The metric '{name}' came out as {odd.Value}, which is no number to go on with.");
    }

    private static Dictionary<string, Type> Kinds(StepCatalog catalog)
    {
        var kinds = new Dictionary<string, Type>(StringComparer.Ordinal) { [nameof(Files)] = typeof(Files), [nameof(Metrics)] = typeof(Metrics) };
        foreach (var port in catalog.All.SelectMany(t => t.Outputs)) kinds[port.Kind.Name] = port.Kind;
        return kinds;
    }
}
