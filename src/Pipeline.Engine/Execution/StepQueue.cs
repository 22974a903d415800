using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>Which steps have all that they wait for, in the order of the graph, and of those which should start first.</summary>
internal sealed class StepQueue
{
    private readonly StepGraph graph;
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> redone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> priority = new(StringComparer.Ordinal);
    private readonly Queue<string> arrived = new();
    private readonly SortedSet<Place> lined = [];

    public StepQueue(StepGraph graph, History history)
    {
        this.graph = graph;
        foreach (var step in graph.Ordered)
        {
            index[step.Id] = index.Count;
            waiting[step.Id] = graph.DependenciesOf(step.Id).Count;
            dependents[step.Id] = [];
            foreach (var above in graph.DependenciesOf(step.Id)) dependents[above].Add(step.Id);
            if (waiting[step.Id] == 0) arrived.Enqueue(step.Id);
        }

        // Seconds from the start of a step to the end of all that waits for it, from history: the longest goes first.
        foreach (var step in graph.Ordered.Reverse())
        {
            double rest = 0;
            foreach (var below in dependents[step.Id]) rest = Math.Max(rest, priority[below]);
            priority[step.Id] = (history.Last(step.Id)?.Seconds ?? 1) + rest;
        }
    }

    public bool HasArrivals => arrived.Count > 0;

    /// <summary>A step that no longer waits for any other and has not been looked at since.</summary>
    public StepDefinition? NextArrival() => arrived.TryDequeue(out var id) ? graph[id] : null;

    /// <summary>Steps that want to start, the most urgent first. Do not change the queue while going through them.</summary>
    public IEnumerable<StepDefinition> Lined => lined.Select(entry => graph[entry.Id]);

    public void LineUp(StepDefinition step) => lined.Add(Entry(step));

    public void Remove(StepDefinition step) => lined.Remove(Entry(step));

    /// <summary>A step has ended, in whatever way: those that waited for it are told.</summary>
    public void Ended(StepDefinition step)
    {
        // Those below a step that is done anew had it before and have counted it already.
        foreach (var below in redone.Remove(step.Id, out var others) ? others : dependents[step.Id])
        {
            if (--waiting[below] == 0) arrived.Enqueue(below);
        }
    }

    public bool IsRedone(string id) => redone.ContainsKey(id);

    /// <summary>Does steps that have ended once more; when all of them have, <paramref name="step"/> arrives again.</summary>
    public void Redo(StepDefinition step, IReadOnlyList<string> above)
    {
        if (above.Count == 0) arrived.Enqueue(step.Id);
        waiting[step.Id] += above.Count;
        foreach (var id in above)
        {
            if (!redone.TryGetValue(id, out var others))
            {
                redone[id] = others = [];
                arrived.Enqueue(id);
            }

            others.Add(step.Id);
        }
    }

    private Place Entry(StepDefinition step) => new(priority[step.Id], index[step.Id], step.Id);

    /// <summary>The longest rest first, then as in the graph.</summary>
    private sealed record Place(double Priority, int Index, string Id) : IComparable<Place>
    {
        public int CompareTo(Place? other) => other is null ? 1 : (other.Priority.CompareTo(Priority), Index.CompareTo(other.Index)) is var (urgency, order) && urgency != 0 ? urgency : order;
    }
}
