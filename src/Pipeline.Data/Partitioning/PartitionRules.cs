namespace Pipeline.Data.Partitioning;

/// <summary>The parts of a corpus, in the order in which an overlap counts against the later one.</summary>
public enum Part
{
    Train,
    Validation,
    Test,
}

/// <summary>What makes two documents belong together.</summary>
public enum Relation
{
    /// <summary>One value of the <see cref="PartitionRules.GroupBy"/> metadata.</summary>
    Group,

    /// <summary>One <see cref="Deduplication.TextFingerprint"/>.</summary>
    Exact,

    /// <summary>Jaccard similarity of 5-word shingles from <see cref="PartitionRules.Threshold"/> up.</summary>
    Near,

    /// <summary>A run of <see cref="PartitionRules.Ngram"/> words in common.</summary>
    Ngram,
}

public sealed record PartitionRules
{
    public double Train { get; init; } = 0.8;
    public double Validation { get; init; } = 0.1;
    public double Test { get; init; } = 0.1;
    public ulong Seed { get; init; } = 1;

    /// <summary>A metadata key whose values are never torn apart, or null. Documents without it stand alone.</summary>
    public string? GroupBy { get; init; }

    public double Threshold { get; init; } = 0.8;

    /// <summary>Words of a run that two parts may not share.</summary>
    public int Ngram { get; init; } = 13;

    /// <summary>A relation that would tie more than this share of the documents into one cluster drops documents from validation and test instead.</summary>
    public double MaxClusterShare { get; init; } = 0.3;

    public double RatioOf(Part part) => part switch { Part.Train => Train, Part.Validation => Validation, _ => Test };

    /// <summary>What is wrong with the rules, by property.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        foreach (var part in Enum.GetValues<Part>())
        {
            if (RatioOf(part) is var ratio && !(ratio is >= 0 and <= 1)) yield return (part.ToString(), $"is {ratio}; expected 0 to 1");
        }

        if (!(Train > 0)) yield return (nameof(Train), "is 0; nothing would be left to train on");
        if (Math.Abs(Train + Validation + Test - 1) > 1e-9) yield return (nameof(Train), $"and validation and test add up to {Train + Validation + Test}; expected 1");
        if (!(Threshold is > 0 and <= 1)) yield return (nameof(Threshold), $"is {Threshold}; expected above 0, up to 1");
        if (Ngram < 2) yield return (nameof(Ngram), $"is {Ngram}; expected at least 2");
        if (!(MaxClusterShare is > 0 and <= 1)) yield return (nameof(MaxClusterShare), $"is {MaxClusterShare}; expected above 0, up to 1");
        if (GroupBy is "") yield return (nameof(GroupBy), "is empty; leave it out or name a metadata key");
    }
}
