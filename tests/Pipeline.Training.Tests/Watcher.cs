namespace Pipeline.Training.Tests;

/// <summary>Keeps what a run tells.</summary>
class Watcher : ITrainingObserver
{
    public long? ResumedAt { get; private set; }

    public List<string> Warnings { get; } = [];

    public void Resumed(long step) => ResumedAt = step;

    public virtual void Stepped(in StepReport report)
    {
    }

    public void Validated(long step, IReadOnlyList<Figure> figures)
    {
    }

    public void Saved(long step)
    {
    }

    public void Warned(string message) => Warnings.Add(message);
}

/// <summary>Ends the run as a crash would, without a checkpoint.</summary>
sealed class StopAt(long step) : Watcher
{
    public override void Stepped(in StepReport report)
    {
        if (report.Step >= step)
            throw new OperationCanceledException();
    }
}

sealed class CancelAt(long step, CancellationTokenSource cancellation) : Watcher
{
    public override void Stepped(in StepReport report)
    {
        if (report.Step == step)
            cancellation.Cancel();
    }
}
