using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Does a task in this process. Workers and in-process steps both end here.</summary>
public static class StepRunner
{
    public static async Task<TaskOutcome> RunAsync(StepTask task, StepCatalog catalog, LocalStore store, IStepListener listener, CancellationToken cancellation)
    {
        if (catalog.Find(task.Uses) is not { } type)
            return TaskOutcome.Failed(FailureCause.Step, $"This program has no step type '{task.Uses}'; the worker and the engine must be the same version.");
        var pieces = PiecesOf(task, type, store);
        var context = new StepContext
        {
            WorkspacePath = task.Workspace,
            ScratchPath = task.Scratch,
            StatePath = task.State,
            Shorter = task.Shorter is { } shorter ? (shorter.Run, new Artifact(shorter.Digest, shorter.Files, store.Locate)) : null,
            FromTheBeginning = task.FromTheBeginning,
            Sources = task.Sources,
            Cpus = task.Cpus,
            Cancellation = cancellation,
            Ancestry = task.Ancestry,
            Environment = task.Variables(),
            Listener = listener,
            Pieces = pieces,
        };
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
            return TaskOutcome.Failed(cause, e is StepFailedException or DamagedBlobException or InvalidDataException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static PieceStore PiecesOf(StepTask task, StepType type, LocalStore store)
    {
        var ignore = task.PieceUse == PieceUse.Ignore;
        var records = new PieceRecords(ignore ? Path.Combine(task.Scratch, "pieces") : task.Pieces, TimeProvider.System);
        return new(type, task.With, task.Env, records, ignore ? null : store, reuse: task.PieceUse == PieceUse.Reuse);
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
