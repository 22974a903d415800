using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>A step while it is being checked: whatever of it could be made out.</summary>
internal sealed class StepDraft(ScalarNode id)
{
    public string Id { get; } = id.Text;
    public Place Place { get; } = id.Place;

    /// <summary>Null where the file names none that there is.</summary>
    public StepType? Type { get; set; }

    /// <summary>Where to say what the step as a whole lacks: its <c>uses</c>.</summary>
    public Place Uses { get; set; } = id.Place;

    public Node? InputsNode { get; set; }
    public Node? NeedsNode { get; set; }
    public Node? WhenNode { get; set; }
    public RoundNode? RoundNode { get; set; }
    public VariantNode? VariantNode { get; set; }
    public JsonObject? With { get; set; }

    /// <summary>Where an option was written; null where it was not.</summary>
    public Func<string, Place?> Written { get; set; } = _ => null;

    /// <summary>Metrics of other steps in <see cref="With"/>, and where each stands.</summary>
    public IReadOnlyList<(string Name, Place At)> Metrics { get; set; } = [];
    public Resources Resources { get; set; } = new(1, 0, 0, 1);
    public Condition? When { get; set; }
    public RoundOf? Round { get; set; }
    public JsonObject Env { get; set; } = [];
    public string? Approve { get; set; }
    public SlurmOptions? Slurm { get; set; }
    public TimeSpan? Timeout { get; set; }
    public RetryPolicy Retry { get; set; } = RetryPolicy.Never;

    /// <summary>Null where they depend on what could not be made out.</summary>
    public IReadOnlyList<OutputPort>? Outputs { get; set; }

    public List<InputReference> Inputs { get; } = [];
    public List<string> Needs { get; } = [];

    /// <summary>The steps that come before, and where the file says so.</summary>
    public List<(StepDraft Step, Place At)> After { get; } = [];

    public OutputPort? Output(string name) => Outputs?.FirstOrDefault(o => o.Name == name);

    /// <summary>Without the <c>metrics</c> that every step has.</summary>
    public IEnumerable<OutputPort> Declared => Outputs?.SkipLast(1) ?? [];
}
