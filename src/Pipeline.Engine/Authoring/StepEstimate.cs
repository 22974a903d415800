namespace Pipeline.Engine.Authoring;

/// <summary>What is known of an artifact before it is made: a record that the step types which make it and read it agree on. The engine only passes it on.</summary>
public abstract record Forecast;

/// <summary>An input of a step that has not run, as it is known by then.</summary>
/// <param name="Member">As in <see cref="BoundInput"/>.</param>
/// <param name="Step">Who makes it.</param>
/// <param name="Locate">The path of one of the artifact's files by its name; null where there is no such file, or the artifact is not made yet.</param>
/// <param name="Forecast">Of who makes it; null where it is made already, or nothing is known.</param>
public sealed record ForeseenInput(string Port, string Member, string Step, Func<string, string?> Locate, Forecast? Forecast);

/// <summary>What is known before a step runs, beside its params.</summary>
/// <param name="Sources">Looks for the files that the step reads from outside the store, and hashes those that are new.</param>
public sealed record Foreseen(IReadOnlyList<ForeseenInput> Inputs, Func<IReadOnlyList<SourceFile>> Sources, int Ranks)
{
    public ForeseenInput? Input(string port, string member = "") => Inputs.FirstOrDefault(i => i.Port == port && i.Member == member);
}

/// <summary>A change of a step's options.</summary>
/// <param name="Change">As one would write it.</param>
/// <param name="LeastMemoryBytes">As in <see cref="StepEstimate"/>, with the change.</param>
public sealed record Remedy(string Change, double LeastMemoryBytes);

/// <summary>What a step will take and give, told before anything runs.</summary>
public sealed record StepEstimate
{
    /// <summary>For people; empty where there is nothing to tell.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The same for machines, in their order.</summary>
    public IReadOnlyList<(string Name, double Value)> Figures { get; init; } = [];

    /// <summary>Bytes without which it cannot be, of all its processes together; 0 where that is not known.</summary>
    public double LeastMemoryBytes { get; init; }

    /// <summary>What would make it need less.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>Sentences: what it cannot do with what it will be given, on any machine. Found now, the steps above it need not run first.</summary>
    public IReadOnlyList<string> Impossible { get; init; } = [];

    /// <summary>Of its outputs, by name, where something is known.</summary>
    public IReadOnlyDictionary<string, Forecast> Outputs { get; init; } = new Dictionary<string, Forecast>();
}
