using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Execution;

/// <summary>A place where tasks run.</summary>
public interface IExecutor
{
    /// <summary>Runs a task to its end. What the task itself does wrong is an outcome, not an exception.</summary>
    Task<TaskOutcome> RunAsync(StepTask task, IStepListener listener, CancellationToken cancellation);
}

/// <summary>Runs tasks in this process: for steps that load no native code.</summary>
public sealed class InProcessExecutor(StepCatalog catalog, Storage.LocalStore store) : IExecutor
{
    public Task<TaskOutcome> RunAsync(StepTask task, IStepListener listener, CancellationToken cancellation) =>
        Task.Run(() => StepRunner.RunAsync(task, catalog, store, listener, cancellation), CancellationToken.None);
}
