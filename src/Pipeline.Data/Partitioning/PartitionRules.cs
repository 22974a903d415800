using System.Globalization;

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
    private const double UsualTrain = 0.8, UsualValidation = 0.1;

    public double Train { get; init; } = UsualTrain;
    public double Validation { get; init; } = UsualValidation;
    public double Test { get; init; } = 0.1;
    public ulong Seed { get; init; } = 1;

    /// <summary>A metadata key whose values are never torn apart, or null. Documents without it stand alone.</summary>
    public string? GroupBy { get; init; }

    /// <summary>A metadata key each of whose values gets the same shares, or null.</summary>
    public string? StratifyBy { get; init; }

    /// <summary>A metadata key with a date: older clusters go to train, newer ones to test. Null draws parts instead.</summary>
    public string? TimeBy { get; init; }

    /// <summary>So many folds of what is not for the test; null for none.</summary>
    public int? Folds { get; init; }

    /// <summary>The fold to validate on, from 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Parts are cut to the shares asked for, as far as whole clusters allow, where otherwise each cluster is drawn by itself. A new document may then move old ones.</summary>
    public bool Balance { get; init; }

    public double Threshold { get; init; } = 0.8;

    /// <summary>Words of a run that two parts may not share.</summary>
    public int Ngram { get; init; } = 13;

    /// <summary>A relation that would tie more than this share of the documents into one cluster drops documents from validation and test instead.</summary>
    public double MaxClusterShare { get; init; } = 0.3;

    public double RatioOf(Part part) => (part, Folds) switch
    {
        (Part.Test, _) => Test,
        (Part.Train, { } folds) => (1 - Test) * (folds - 1) / folds,
        (Part.Validation, { } folds) => (1 - Test) / folds,
        (Part.Train, null) => Train,
        _ => Validation,
    };

    /// <summary>The part at a place from 0 to 1.</summary>
    public Part PartAt(double place) => Folds is { } folds
        ? place >= 1 - Test && Test > 0 ? Part.Test : Math.Min((int)(place / (1 - Test) * folds), folds - 1) == Fold - 1 ? Part.Validation : Part.Train
        : place < Train ? Part.Train : place < Train + Validation || Test == 0 ? Part.Validation : Part.Test;

    /// <summary>What is filled: the parts, or each fold and the test, so that all folds see the same.</summary>
    public IReadOnlyList<(Part Part, double Share)> Bins() => Folds is { } folds
        ? [.. Enumerable.Range(1, folds).Select(f => (f == Fold ? Part.Validation : Part.Train, (1 - Test) / folds)), (Part.Test, Test)]
        : [(Part.Train, Train), (Part.Validation, Validation), (Part.Test, Test)];

    /// <summary>How far a place is from a part; for a train part in several pieces, from the last of them.</summary>
    public double DistanceTo(Part part, double place)
    {
        var validation = Folds is { } folds ? (Fold - 1) * (1 - Test) / folds : Train;
        var (low, high) = part switch
        {
            Part.Train => (0, validation),
            Part.Validation => (validation, validation + RatioOf(Part.Validation)),
            _ => (1 - Test, 1),
        };
        return Math.Max(Math.Max(low - place, place - high), 0);
    }

    /// <summary>What is wrong with the rules, by property.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        foreach (var (name, ratio) in ((string, double)[])[(nameof(Train), Train), (nameof(Validation), Validation), (nameof(Test), Test)])
        {
            if (!(ratio is >= 0 and <= 1)) yield return (name, $"is {ratio}; expected 0 to 1");
        }

        if (Folds is null && !(Train > 0)) yield return (nameof(Train), "is 0; nothing would be left to train on");
        if (Folds is null && Math.Abs(Train + Validation + Test - 1) > 1e-9) yield return (nameof(Train), $"and validation and test add up to {(Train + Validation + Test).ToString("0.######", CultureInfo.InvariantCulture)}; expected 1");
        if (!(Threshold is > 0 and <= 1)) yield return (nameof(Threshold), $"is {Threshold}; expected above 0, up to 1");
        if (Ngram < 2) yield return (nameof(Ngram), $"is {Ngram}; expected at least 2");
        if (!(MaxClusterShare is > 0 and <= 1)) yield return (nameof(MaxClusterShare), $"is {MaxClusterShare}; expected above 0, up to 1");
        foreach (var (name, key) in ((string, string?)[])[(nameof(GroupBy), GroupBy), (nameof(StratifyBy), StratifyBy), (nameof(TimeBy), TimeBy)])
        {
            if (key is "") yield return (name, "is empty; leave it out or name a metadata key");
        }

        if (StratifyBy is not null && TimeBy is not null) yield return (nameof(StratifyBy), "and time_by exclude each other: one order of clusters decides on the parts");
        if (Balance && (StratifyBy ?? TimeBy) is not null) yield return (nameof(Balance), $"and {(TimeBy is null ? "stratify_by, which balances each of its values," : "time_by, where dates decide,")} exclude each other; leave balance out");
        foreach (var problem in FoldProblems()) yield return problem;
    }

    private IEnumerable<(string Property, string Problem)> FoldProblems()
    {
        if (Folds is not { } folds)
        {
            if (Fold != 1) yield return (nameof(Fold), $"is {Fold}, but there are no folds; say how many with folds");
            yield break;
        }

        if (folds < 2) yield return (nameof(Folds), $"is {folds}; expected at least 2");
        if (Fold < 1 || Fold > folds) yield return (nameof(Fold), $"is {Fold}; expected 1 to {folds}");
        if (Test >= 1) yield return (nameof(Test), "is 1; nothing would be left for the folds");
        if (TimeBy is not null) yield return (nameof(Folds), "and time_by exclude each other: a fold would train on what is newer than its validation");
        if (Train != UsualTrain || Validation != UsualValidation) yield return (nameof(Train), "and validation follow from folds and test; leave them out");
    }
}
