using System.Text.Json.Nodes;
using System.Threading.Channels;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Lineage;

/// <summary>Where events go refused them or cannot be reached. The message stands alone and holds no secret.</summary>
public sealed class OpenLineageException(string message) : Exception(message);

/// <summary>Tells a run to others while it goes on, from a queue of its own: the run never waits for it, and never fails by it.</summary>
public sealed class OpenLineageExport : IRunObserver, IAsyncDisposable
{
    /// <summary>How long the end of a run may wait for what is still to be sent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<PipelineDefinition, OpenLineageSetting> setting;
    private readonly Func<JsonObject, CancellationToken, Task> send;
    private readonly TimeProvider clock;
    private readonly Action<string> notice;
    private readonly Channel<JsonObject> lines = Channel.CreateUnbounded<JsonObject>();
    private readonly CancellationTokenSource late = new();
    private readonly Task sending;
    private OpenLineageEvents? events;
    private PipelineDefinition? definition;

    /// <param name="setting">Made when the run begins, aside: it asks git.</param>
    /// <param name="send">Throws <see cref="OpenLineageException"/> where that is of no use any more.</param>
    /// <param name="notice">Told, once, why nothing more is sent.</param>
    public OpenLineageExport(Func<PipelineDefinition, OpenLineageSetting> setting, Func<JsonObject, CancellationToken, Task> send, TimeProvider clock, Action<string> notice)
    {
        (this.setting, this.send, this.clock, this.notice) = (setting, send, clock, notice);
        sending = Task.Run(SendAsync);
    }

    public void On(RunEvent happened)
    {
        if (happened is RunEvent.RunStarted started) definition = started.Definition;
        if (happened is RunEvent.RunStarted or RunEvent.StepStarted or RunEvent.StepFinished or RunEvent.RunFinished) lines.Writer.TryWrite(RunLog.Stamped(happened, clock.GetUtcNow()));
    }

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        late.CancelAfter(Patience);
        // What it reads to describe datasets does not all hear of the time being up.
        if (await Task.WhenAny(sending, Task.Delay(Patience + TimeSpan.FromSeconds(1))) == sending) late.Dispose();
        else notice("OpenLineage: describing what was made takes too long. The run is not affected; 'pipeline lineage FILE --openlineage' has the events.");
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(late.Token))
            {
                // The first line is that of the run's beginning, and was written after the definition was kept.
                events ??= new(setting(definition!) with { Wiring = WiringOf(definition!) });
                foreach (var told in events.Of(line)) await send(told, late.Token);
            }
        }
        catch (OperationCanceledException)
        {
            notice("OpenLineage: not all events could be sent in time. The run is not affected; 'pipeline lineage FILE --openlineage' has them.");
        }
        catch (Exception e)
        {
            notice($"OpenLineage: {(e is OpenLineageException ? e.Message : $"{e.GetType().Name}: {e.Message}")} The run is not affected; 'pipeline lineage FILE --openlineage' has the events.");
        }
    }

    private static Func<string, IReadOnlyList<(string, string)>> WiringOf(PipelineDefinition definition)
    {
        var steps = definition.Steps.ToDictionary(s => s.Id, StringComparer.Ordinal);
        return id => steps.TryGetValue(id, out var step) ? [.. step.Inputs.Select(i => (i.Step, i.Output))] : [];
    }
}
