namespace Pipeline.Training.Models;

/// <summary>Why a shape cannot be built.</summary>
/// <param name="Part">What of the shape would have to change, in snake_case: <c>key_value_heads</c>.</param>
/// <param name="Message">With what it is and what it must be.</param>
public readonly record struct ModelFault(string Part, string Message);

/// <summary>How a parameter begins.</summary>
/// <param name="Mean">Of all its elements.</param>
/// <param name="Deviation">0 begins every element at the mean.</param>
public readonly record struct Initial(double Mean, double Deviation)
{
    public static Initial Zero => default;

    public static Initial One => new(1, 0);

    public static Initial Normal(double deviation) => new(0, deviation);
}

/// <summary>One tensor of a model. Linear weights are [out, in].</summary>
/// <param name="VocabularyRows">Whether its first dimension is the padded vocabulary; the rows beyond the vocabulary are 0 and stay so.</param>
public sealed record ParameterLayout(string Name, long[] Shape, Initial Initial, bool VocabularyRows = false)
{
    /// <summary>Whether rows of it are looked up and not multiplied with, as those of a position embedding are; a vocabulary's need not say so.</summary>
    public bool Lookup { get; init; }

    /// <summary>Whether it maps activations to activations: neither an embedding nor an output layer nor a vector.</summary>
    public bool Hidden => Shape.Length == 2 && !VocabularyRows && !Lookup;

    public long Elements => Shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>What of a batch a model reads beside its ids; an objective that gives anything else is refused before training.</summary>
[Flags]
public enum BatchParts
{
    None = 0,

    /// <summary>[B, T] document numbers: no attention from one to another.</summary>
    Segments = 1,

    /// <summary>[B] lengths of the part of each row that is seen from every place of it.</summary>
    Prefix = 2,

    /// <summary>[B, S] ids that an encoder reads, negative where there is none.</summary>
    Source = 4,
}

/// <summary>The keys and values that a decoder keeps for each token.</summary>
/// <param name="Heads">Of keys and values.</param>
/// <param name="HeadWidth">Of one head.</param>
/// <param name="Layers">Each keeps its own.</param>
readonly record struct CacheShape(int Layers, int Heads, int HeadWidth);

/// <summary>A model's family and shape: decides its parameters, their names and its forward pass.</summary>
/// <param name="Vocabulary">Tokens that can be read and predicted.</param>
/// <param name="Context">Most tokens of a row.</param>
public abstract record ModelConfig(int Vocabulary, int Context)
{
    /// <summary>As pipelines and exports name the family.</summary>
    public abstract string Architecture { get; }

    /// <summary>Whether a place sees those before it alone, so that text can be generated token by token.</summary>
    public virtual bool Causal => true;

    public virtual BatchParts Reads => BatchParts.None;

    /// <summary>A multiple of 64 keeps matrix kernels aligned; the rows beyond <see cref="Vocabulary"/> can neither be predicted nor learn.</summary>
    public int PaddedVocabulary => (Vocabulary + 63) / 64 * 64;

    /// <summary>In the order in which the script indexes them.</summary>
    public abstract IReadOnlyList<ParameterLayout> Layout();

    /// <summary>Of the vocabulary as exported, without padding; a tensor used twice counts once.</summary>
    public virtual long ParameterCount => Layout().Sum(parameter => parameter.VocabularyRows ? parameter.Elements / PaddedVocabulary * Vocabulary : parameter.Elements);

    /// <summary>Floating-point operations for one token, forward and backward.</summary>
    public abstract double TrainingFlopsPerToken { get; }

    /// <summary>
    /// TorchScript that defines <c>hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor</c>, [B, T, C] of what the output layer reads, and
    /// <c>project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor</c>, the logits. <c>w</c> are the parameters in the order of <see cref="Layout"/>, <c>inputs</c> as in
    /// <see cref="Batches.TokenBatch.On"/>.
    /// </summary>
    internal abstract string Script();

    /// <summary>
    /// In how many parts the script can also be called: <c>segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor</c>, part i of what has been computed by those before,
    /// the last of which gives what <c>hidden</c> gives, by the same operators in the same order. A parameter belongs to one part, but for the first parameter, the token embedding. See <see cref="Recomputation"/>.
    /// </summary>
    internal abstract int Segments { get; }

    /// <summary>What the script's <c>advance(w: List[Tensor], inputs: List[Tensor], starts: Tensor, cache: List[Tensor], past: int, padding: Tensor) -> Tensor</c> keeps; null where the script has none, and
    /// text is generated by reading all of it again for each token. See <see cref="KeyValueCache"/>.</summary>
    internal virtual CacheShape? Cache => null;

    /// <summary>Where it attends, in the order in which its script does: by <c>torch.scaled_dot_product_attention</c>, with <c>w</c> in scope. See <see cref="Evaluation.AttentionMaps"/>.</summary>
    internal virtual IReadOnlyList<AttentionSite> Attention => [];

    /// <summary>Why this shape cannot be built, all of it.</summary>
    public IReadOnlyList<ModelFault> Faults => [.. BelowOne(("vocabulary", Vocabulary), ("context", Context)), .. OwnFaults()];

    /// <exception cref="ArgumentException">The shape cannot be built.</exception>
    public void Check()
    {
        if (Faults is { Count: > 0 } faults)
            throw new ArgumentException($"This model ({Architecture}) cannot be built: {string.Join("; ", faults.Select(fault => fault.Message))}.");
    }

    protected abstract IEnumerable<ModelFault> OwnFaults();

    private protected static IEnumerable<ModelFault> BelowOne(params ReadOnlySpan<(string Name, int Value)> sizes)
    {
        var faults = new List<ModelFault>();
        foreach (var (name, value) in sizes)
        {
            if (value < 1)
                faults.Add(new(name, $"{name.Replace('_', ' ')} is {value}, but must be at least 1"));
        }
        return faults;
    }

    private protected static IEnumerable<ModelFault> NoWholeHeads(int width, int heads)
    {
        if (heads >= 1 && width % heads != 0)
            yield return new("heads", $"width {width} cannot be divided among {heads} heads; choose a multiple of {heads}");
    }

    private protected static IEnumerable<ModelFault> NoShares(double dropout, double? embedding, double? attention, double? residual) =>
        NoShare("dropout", dropout).Concat(NoShare("embedding_dropout", embedding ?? 0)).Concat(NoShare("attention_dropout", attention ?? 0)).Concat(NoShare("residual_dropout", residual ?? 0));

    private protected static IEnumerable<ModelFault> NoShare(string name, double value)
    {
        if (value is not (>= 0 and < 1))
            yield return new(name, $"{name.Replace('_', ' ')} is {value}, but must be at least 0 and below 1");
    }
}
