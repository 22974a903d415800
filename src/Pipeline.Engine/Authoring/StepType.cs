using System.Reflection;
using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

/// <summary>A glob of files outside the store. Their names are relative to <paramref name="NamesFrom"/>, or to the pipeline file where that is null.</summary>
/// <param name="Optional">There may be none.</param>
/// <param name="Root">What their <see cref="SourceFile.Alias"/> is relative to; null makes it their name.</param>
public sealed record SourcePattern(string Pattern, string? NamesFrom = null, bool Optional = false, SourceRoot? Root = null)
{
    /// <summary>What to do where it matches nothing; empty where its own words say it.</summary>
    public string Remedy { get; init; } = "";
}

/// <param name="Option">That sets it.</param>
/// <param name="Folder">From the pipeline file; null is the pattern's own: what stands before its first wildcard, a folder itself, the folder that a file is in.</param>
public sealed record SourceRoot(string Option, string? Folder);

/// <summary>A named, versioned piece of code with typed params, inputs and outputs. Write one by deriving from <see cref="Step{TParams,TInputs,TOutputs}"/>.</summary>
public abstract class StepType
{
    /// <summary><c>stage.verb</c>, lower-case.</summary>
    public abstract string Name { get; }

    /// <summary>Part of every recipe: raise it when the same recipe would give other bytes than before.</summary>
    public abstract int Version { get; }

    public abstract string Description { get; }

    /// <summary>True for a step that loads native code or may use much memory: it runs in a child process.</summary>
    public virtual bool Isolated => false;

    /// <summary>What a change of a part of its input costs, for its page: a step that uses <see cref="StepContext.Pieces"/> says what a part is.</summary>
    public virtual string Incremental => "no: it runs whole when anything it reads changed";

    /// <summary>Where it comes from; null for the step types that ship. Set by who loads it.</summary>
    public StepPlugin? Plugin { get; internal set; }

    /// <summary>It runs in a child process: a crash is then a failed step and not a dead engine.</summary>
    public bool NeedsWorker => Isolated || Plugin is not null;

    /// <summary>CPUs to set aside where the pipeline does not say.</summary>
    public virtual int DefaultCpus => 1;

    /// <summary>The option that says how many CPUs each of its processes uses, where there is one; its default is <see cref="DefaultCpus"/>.</summary>
    public virtual string? CpusOption => null;

    /// <summary>CPUs to set aside for so many processes under these params, where the pipeline does not say.</summary>
    public int CpusOf(JsonObject? with, int ranks) =>
        CpusOption is not { } option ? DefaultCpus : ranks * (with?[option] is JsonValue given && given.TryGetValue<long>(out var threads) && threads is >= 1 and <= 65536 ? (int)threads : DefaultCpus);

    /// <summary>True for a step that reads <see cref="StepContext.Ancestry"/>, which then becomes part of its recipe.</summary>
    public virtual bool ReadsAncestry => false;

    /// <summary>True for a step that can run as several processes that work together (<c>resources: { ranks: N }</c>).</summary>
    public virtual bool SupportsRanks => SharesPieces;

    /// <summary>True for a step whose work lies in its <see cref="StepContext.Pieces"/>: its ranks divide them among themselves, and the first puts them together. Each does the same otherwise, in the same order.</summary>
    public virtual bool SharesPieces => false;

    /// <summary>GPUs that the step needs under these params: set aside where the pipeline does not say. A step that needs one runs as one process.</summary>
    public virtual int GpusOf(JsonObject with) => 0;

    /// <summary>The list input whose steps' outputs the step passes on: it has the outputs that all of them have. Those of them that are skipped are not given to it.</summary>
    public virtual string? PassesOn => null;

    /// <summary>The list input that is given without the steps that are skipped; without any, the step is skipped too.</summary>
    public virtual string? DoesWithout => PassesOn;

    /// <summary>The metric that is 0 where what depends on the step is not to run, though the step has a result: a gate that stops. Null for all other types.</summary>
    public virtual string? HoldsMetric => null;

    /// <summary>True for a step that gives <see cref="StepContext.Environment"/> to what it starts. Isolated steps have it in their process.</summary>
    public virtual bool ReadsEnvironment => false;

    /// <summary>Facts of the environment that change the step's bytes, such as a library's version.</summary>
    public virtual IReadOnlyDictionary<string, string> Facets => NoFacts;

    public abstract Option Params { get; }
    public abstract IReadOnlyList<InputPort> Inputs { get; }

    /// <summary>The option that only says how far to go, or null.</summary>
    public Option? Horizon => Params.Members.FirstOrDefault(m => m.Horizon);

    /// <summary>The path of a nullable option (<c>schedule.decay_until</c>) that is null and stands for the horizon's value, so that another horizon changes what comes before it; null where there is none.</summary>
    public virtual string? FollowsHorizon(JsonObject with) => null;

    /// <summary>The options of a shorter run that these go on from: all but the horizon is the same, with what follows that written out.</summary>
    public JsonObject Shortened(JsonObject with, long horizon)
    {
        var shorter = (JsonObject)with.DeepClone();
        // A metric that is not known yet is some number here: it decides nothing of this.
        if (FollowsHorizon(MetricReference.Fill(Params, with, (_, _, _) => 1)) is { } follows) SetFollowing(shorter, follows, (long)with[Horizon!.Name]!);
        shorter[Horizon!.Name] = horizon;
        return shorter;
    }

    internal static void SetFollowing(JsonObject with, string path, long value)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1]) with = with[name]!.AsObject();
        with[names[^1]] = value;
    }

    /// <summary>The outputs that do not depend on params.</summary>
    public abstract IReadOnlyList<OutputPort> Outputs { get; }

    /// <summary>The outputs under given params, without the <c>metrics</c> that every step has.</summary>
    public virtual IReadOnlyList<OutputPort> OutputsOf(JsonObject with) => Outputs;

    /// <summary>The files outside the store that the step reads.</summary>
    public virtual IEnumerable<SourcePattern> SourcesOf(JsonObject with)
    {
        var root = Params.Members.FirstOrDefault(m => m.SourceRoot)?.Name;
        return
            from option in Params.Members
            where option.SourceFiles && with[option.Name] is JsonArray
            from pattern in (JsonArray)with[option.Name]!
            select new SourcePattern((string)pattern!, Root: root is null ? null : new(root, (string?)with[root]));
    }

    /// <summary>What is wrong with params that are each valid alone: option path (<c>heads</c>, <c>model.width</c>) and message. Starts nothing, reads nothing.</summary>
    public abstract IEnumerable<(string Option, string Message)> CheckParams(JsonObject with);

    /// <summary>What is wrong with params given the inputs that the pipeline names: port to how many artifacts, ports that it leaves out absent. Asked only where <see cref="CheckParams"/> finds nothing.</summary>
    public virtual IEnumerable<(string Option, string Message)> CheckInputs(JsonObject with, IReadOnlyDictionary<string, int> given) => [];

    /// <summary>False where <see cref="CheckInputs"/> never finds anything, so that nobody has to ask.</summary>
    public virtual bool ChecksInputs => true;

    /// <summary>What the step will take, asked where it will or may run; null where the type foretells nothing. Reads files at most, and quickly.</summary>
    public virtual StepEstimate? Estimate(JsonObject with, Foreseen given) => null;

    public abstract Task RunAsync(JsonObject with, IReadOnlyList<BoundInput> inputs, IReadOnlyDictionary<string, string> outputs, StepContext context);

    private static readonly IReadOnlyDictionary<string, string> NoFacts = new Dictionary<string, string>();
}

/// <summary>An artifact given to a port. <paramref name="Member"/> is the group member or the entry's name in a list, else empty.</summary>
public sealed record BoundInput(string Port, string Member, Type Kind, string Digest, IReadOnlyList<ArtifactFile> Files, Func<ArtifactFile, string> Locate);

/// <summary>The base of step types. The three records drive YAML binding, <c>schema.json</c>, the docs page, the recipe and the error text.</summary>
/// <typeparam name="TParams">A record of <c>init</c> properties with defaults; <c>required</c> where there is none.</typeparam>
/// <typeparam name="TInputs">A record of <see cref="Artifact{TKind}"/>, <see cref="ArtifactList{TKind}"/> or <see cref="Splits{TKind}"/>; <c>required</c> or nullable.</typeparam>
/// <typeparam name="TOutputs">A record of <see cref="Output{TKind}"/>, or <see cref="DeclaredOutputs"/>.</typeparam>
public abstract class Step<TParams, TInputs, TOutputs> : StepType
    where TParams : class
{
    private Option? options;
    private IReadOnlyList<InputPort>? inputPorts;
    private IReadOnlyList<OutputPort>? outputPorts;
    private bool? checksInputs;

    public sealed override Option Params => options ??= OptionReader.Read(typeof(TParams));
    public sealed override IReadOnlyList<InputPort> Inputs => inputPorts ??= PortReader.Inputs(typeof(TInputs));
    public sealed override IReadOnlyList<OutputPort> Outputs => outputPorts ??= PortReader.Outputs(typeof(TOutputs));

    /// <summary>What is wrong with params that are each valid alone.</summary>
    protected virtual IEnumerable<(string Option, string Message)> Check(TParams with) => [];

    /// <summary>As <see cref="StepType.CheckInputs"/>.</summary>
    protected virtual IEnumerable<(string Option, string Message)> Check(TParams with, IReadOnlyDictionary<string, int> given) => [];

    /// <summary>As <see cref="StepType.FollowsHorizon(JsonObject)"/>.</summary>
    protected virtual string? FollowsHorizon(TParams with) => null;

    /// <summary>As <see cref="StepType.Estimate(JsonObject, Foreseen)"/>.</summary>
    protected virtual StepEstimate? Estimate(TParams with, Foreseen given) => null;

    /// <summary>Does the work: reads <paramref name="inputs"/>, writes into the folders of <paramref name="outputs"/>. An <see cref="InvalidDataException"/> fails the step with its message, as <see cref="StepFailedException"/> does.</summary>
    protected abstract Task RunAsync(TParams with, TInputs inputs, TOutputs outputs, StepContext context);

    public sealed override IEnumerable<(string Option, string Message)> CheckParams(JsonObject with) => Check(Bind(with));

    public sealed override IEnumerable<(string Option, string Message)> CheckInputs(JsonObject with, IReadOnlyDictionary<string, int> given) => Check(Bind(with), given);

    public sealed override bool ChecksInputs => checksInputs ??= GetType().GetMethod(nameof(Check), BindingFlags.Instance | BindingFlags.NonPublic, [typeof(TParams), typeof(IReadOnlyDictionary<string, int>)])!.DeclaringType != typeof(Step<TParams, TInputs, TOutputs>);

    public sealed override string? FollowsHorizon(JsonObject with) => FollowsHorizon(Bind(with));

    public sealed override StepEstimate? Estimate(JsonObject with, Foreseen given) => Estimate(Bind(with), given);

    public sealed override async Task RunAsync(JsonObject with, IReadOnlyList<BoundInput> inputs, IReadOnlyDictionary<string, string> outputs, StepContext context)
    {
        try
        {
            await RunAsync(Bind(with), (TInputs)StepBinding.Inputs(typeof(TInputs), Inputs, inputs), (TOutputs)StepBinding.Outputs(typeof(TOutputs), outputs), context);
        }
        catch (InvalidDataException e)
        {
            throw new StepFailedException(e.Message, e);
        }
    }

    private static TParams Bind(JsonObject with) => ParamsJson.Read<TParams>(with);
}
