namespace Pipeline.Training.Models;

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

    /// <summary>Why this shape cannot be built, all of it.</summary>
    protected abstract IEnumerable<string> Faults();

    /// <exception cref="ArgumentException">The shape cannot be built.</exception>
    public void Check()
    {
        var faults = new[] { ("vocabulary", Vocabulary), ("context", Context) }.Where(size => size.Item2 < 1).Select(size => $"{size.Item1} is {size.Item2}, but must be at least 1").Concat(Faults()).ToList();
        if (faults.Count > 0)
            throw new ArgumentException($"This model ({Architecture}) cannot be built: {string.Join("; ", faults)}.");
    }

    private protected static IEnumerable<string> BelowOne(params ReadOnlySpan<(string Name, int Value)> sizes)
    {
        var faults = new List<string>();
        foreach (var (name, value) in sizes)
        {
            if (value < 1)
                faults.Add($"{name} is {value}, but must be at least 1");
        }
        return faults;
    }

    private protected static IEnumerable<string> NoShare(string name, double value)
    {
        if (value is not (>= 0 and < 1))
            yield return $"{name} is {value}, but must be at least 0 and below 1";
    }
}
