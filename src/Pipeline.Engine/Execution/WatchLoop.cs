using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Looks at the triggers of a pipeline, runs it where one fired, waits, and looks again. One thing at a time, so that what happens during a run leads to one more run after it.</summary>
/// <param name="every">How often to look.</param>
public sealed class WatchLoop(TriggerSources sources, WatchMemory memory, TimeProvider clock, TimeSpan every, Action<WatchEvent> tell)
{
    /// <summary>A file that is written all the time must not hold up the run for ever.</summary>
    private const int MostRests = 10;

    private WatchSeen? seen = memory.Load();
    private string? complaint;

    /// <summary>Looks until it is stopped.</summary>
    /// <param name="read">The pipeline as it is now; null where it cannot be read, which is then told elsewhere.</param>
    /// <param name="run">Runs it. What it throws is told, and the watch goes on.</param>
    public async Task RunAsync(Func<PipelineDefinition?> read, Func<CancellationToken, Task> run, CancellationToken stop)
    {
        var definition = read();
        DateTimeOffset? told = null;
        var waited = false;
        while (true)
        {
            try
            {
                if (definition is not null) await LookAndRunAsync(definition, run, () => waited = false, stop);
                complaint = null;
            }
            catch (Exception e) when (e is RemoteStoreException or SourceMissingException or StepFailedException or IOException or UnauthorizedAccessException)
            {
                // Said once as long as it is the same.
                if (complaint != e.Message) tell(new WatchEvent.Failed(e.Message));
                complaint = e.Message;
            }

            var next = definition?.On.Next(clock.GetUtcNow());
            if (!waited || next != told) tell(new WatchEvent.Waiting(next));
            (waited, told) = (true, next);
            var wait = next is { } time && time - clock.GetUtcNow() is var until && until < every ? until : every;
            await Task.Delay(wait < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : wait, clock, stop);
            definition = read() ?? definition;
        }
    }

    /// <summary>Looks once, and runs where a trigger fired. False where none did.</summary>
    /// <exception cref="RemoteStoreException">A store cannot be reached.</exception>
    public async Task<bool> LookAndRunAsync(PipelineDefinition definition, Func<CancellationToken, Task> run, Action began, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var found = await sources.LookAsync(definition, stop);
        var fired = Fired(definition, found, now);
        if (fired.Any(f => f.Trigger == TriggerSources.FilesTrigger))
        {
            found = await RestedAsync(definition, found, stop);
            fired = Fired(definition, found, now);
        }

        if (fired.Count == 0)
        {
            // What no trigger is about any more is forgotten, and the first look of a schedule is where it counts from.
            if (seen is null) memory.Save(seen = new(now, found));
            else seen = seen with { Looked = now };
            return false;
        }

        began();
        tell(new WatchEvent.Triggered(fired));
        try
        {
            await run(stop);
        }
        finally
        {
            // Also after a failure: the next change is a reason to try again, and the passing of time is none. A run that was cut short is begun again.
            if (!stop.IsCancellationRequested) memory.Save(seen = new(now, found));
        }

        return true;
    }

    private List<FiredTrigger> Fired(PipelineDefinition definition, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> found, DateTimeOffset now)
    {
        var fired = new List<FiredTrigger>();
        // A clock that was set back fires nothing twice.
        var from = seen is null || seen.Looked > now ? now : seen.Looked;
        if (definition.On.Next(from) is { } time && time <= now) fired.Add(new("schedule", $"{time:yyyy-MM-dd HH:mm:ss zzz}"));
        foreach (var (trigger, items) in found)
        {
            if (seen?.Triggers.GetValueOrDefault(trigger) is not { } before) fired.Add(new(trigger, "seen for the first time"));
            else if (Difference(before, items) is { } what) fired.Add(new(trigger, what));
        }

        return fired;
    }

    /// <summary>Waits until the files are the same at two looks.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> RestedAsync(PipelineDefinition definition, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> found, CancellationToken stop)
    {
        for (var rests = 0; rests < MostRests && definition.On.Debounce > TimeSpan.Zero; rests++)
        {
            await Task.Delay(definition.On.Debounce, clock, stop);
            var again = await sources.LookAsync(definition, stop);
            var rested = Difference(found[TriggerSources.FilesTrigger], again[TriggerSources.FilesTrigger]) is null;
            found = again;
            if (rested) break;
        }

        return found;
    }

    private static string? Difference(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        var changed = before.Keys.Union(now.Keys).Where(name => before.GetValueOrDefault(name) != now.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();
        if (changed.Count == 0) return null;
        var first = changed[0];
        var what = !before.ContainsKey(first) ? "is new" : !now.ContainsKey(first) ? "is gone" : "changed";
        return $"{first} {what}{(changed.Count > 1 ? $" and {changed.Count - 1} more" : "")}";
    }
}
