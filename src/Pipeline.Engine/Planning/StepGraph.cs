using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>The steps of a pipeline with what each waits for. The definition has no cycle: its reader refused those.</summary>
public sealed class StepGraph
{
    private readonly Dictionary<string, StepDefinition> byId;
    private readonly Dictionary<string, IReadOnlyList<string>> dependencies;

    public StepGraph(PipelineDefinition definition)
    {
        Definition = definition;
        byId = definition.Steps.ToDictionary(s => s.Id, StringComparer.Ordinal);
        dependencies = definition.Steps.ToDictionary(s => s.Id, s => (IReadOnlyList<string>)[.. s.Inputs.Select(i => i.Step).Concat(s.Needs).Distinct()], StringComparer.Ordinal);
        Ordered = Order();
    }

    public PipelineDefinition Definition { get; }

    /// <summary>Each step after all that it waits for; otherwise as in the file.</summary>
    public IReadOnlyList<StepDefinition> Ordered { get; }

    public StepDefinition this[string id] => byId[id];

    public bool Contains(string id) => byId.ContainsKey(id);

    public IReadOnlyList<string> DependenciesOf(string id) => dependencies[id];

    /// <summary>The steps by how many lie above them: those of one level do not depend on one another.</summary>
    public IReadOnlyList<IReadOnlyList<StepDefinition>> Levels()
    {
        var levels = new List<List<StepDefinition>>();
        var of = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in Ordered)
        {
            var level = 0;
            foreach (var above in dependencies[step.Id]) level = Math.Max(level, of[above] + 1);
            of[step.Id] = level;
            if (level == levels.Count) levels.Add([]);
            levels[level].Add(step);
        }

        return levels;
    }

    /// <summary>All steps above one, in order, with what each waits for.</summary>
    public IReadOnlyList<Ancestor> AncestryOf(string id)
    {
        var above = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(dependencies[id]);
        while (open.TryPop(out var next))
        {
            if (!above.Add(next)) continue;
            foreach (var dependency in dependencies[next]) open.Push(dependency);
        }

        return [.. from step in Ordered where above.Contains(step.Id) select new Ancestor(step.Id, step.Type.Name, dependencies[step.Id])];
    }

    private List<StepDefinition> Order()
    {
        var ordered = new List<StepDefinition>(byId.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Visit>();
        foreach (var first in Definition.Steps)
        {
            open.Push(new(first));
            while (open.TryPop(out var top))
            {
                if (done.Contains(top.Step.Id)) continue;
                var waits = dependencies[top.Step.Id];
                if (top.Next == waits.Count)
                {
                    done.Add(top.Step.Id);
                    ordered.Add(top.Step);
                    continue;
                }

                open.Push(top);
                var above = waits[top.Next++];
                if (!done.Contains(above)) open.Push(new(byId[above]));
            }
        }

        return ordered;
    }

    /// <summary>A step on the way to being put in order, with which of those that it waits for is next.</summary>
    private sealed class Visit(StepDefinition step)
    {
        public StepDefinition Step { get; } = step;
        public int Next { get; set; }
    }
}
