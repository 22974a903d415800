using System.Text.Json.Serialization;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>What was found while documents were collected; tallies of parts add up to that of the whole when added in order. Takes no more room for a large collection than for a small one.</summary>
public sealed class CollectionTally
{
    private const int MostDamagesNamed = 100;
    private const int MostEmptyNamed = 100;
    private const int MostDoubtsNamed = 100;
    private const int MostWords = 500;
    private const string OtherWords = "(others)";

    public long Documents { get; set; }

    /// <summary>Records that held no text and so gave no document.</summary>
    public long Empty { get; set; }

    public long Characters { get; set; }

    /// <summary>The first files, also in archives, that gave no document though nothing in them is damaged.</summary>
    public List<string> EmptyFiles { get; init; } = [];

    /// <summary>Documents whose encoding was guessed and may be another, or is several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long DoubtfulEncodings { get; set; }

    /// <summary>The first of them, with what was guessed; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public List<string>? DoubtfullyEncoded { get; set; }

    /// <summary>Records that have fields.</summary>
    public long Rows { get; set; }

    /// <summary>How many of them lack a column that was asked for.</summary>
    public SortedDictionary<string, long> Lacking { get; init; } = Words();

    /// <summary>Columns of the first that lacks one.</summary>
    public List<string> Columns { get; init; } = [];

    /// <summary>Documents by format, licence, stated language and verdict of robots.txt.</summary>
    public SortedDictionary<string, long> Formats { get; init; } = Words();
    public SortedDictionary<string, long> Licenses { get; init; } = Words();
    public SortedDictionary<string, long> Languages { get; init; } = Words();
    public SortedDictionary<string, long> Robots { get; init; } = Words();

    /// <summary>Damage by kind.</summary>
    public SortedDictionary<string, long> Faults { get; init; } = Words();

    /// <summary>The first of them.</summary>
    public List<Damage> Damages { get; init; } = [];

    /// <summary>Records that should have given documents and did not.</summary>
    public long Damaged => Faults.GetValueOrDefault(nameof(DamageKind.Damaged)) + Faults.GetValueOrDefault(nameof(DamageKind.Limit)) + Faults.GetValueOrDefault(nameof(DamageKind.Refused));

    /// <summary>Of all records that were read.</summary>
    public double DamagedShare => Damaged == 0 ? 0 : (double)Damaged / (Damaged + Documents + Empty);

    /// <param name="format">As it is written in a pipeline.</param>
    public void Add(Document document, string format)
    {
        Count(document);
        Count(Formats, format, 1);
        if (!document.Metadata.TryGetValue("encoding", out var encoding) || !TextDecoder.IsDoubtful(encoding)) return;
        DoubtfulEncodings++;
        Doubt($"{document.Source}: {encoding}");
    }

    public void Add(Damage damage)
    {
        Count(Faults, damage.Kind.ToString(), 1);
        if (Damages.Count < MostDamagesNamed) Damages.Add(damage);
    }

    public void AddEmptyFile(string source)
    {
        if (EmptyFiles.Count < MostEmptyNamed) EmptyFiles.Add(source);
    }

    /// <summary>What columns were asked for that no record has; none where none was read.</summary>
    public IReadOnlyList<(string Option, string Column)> Nowhere(ColumnMap asked) => [.. asked.Named.Where(n => Rows > 0 && Lacking.GetValueOrDefault(n.Column) == Rows)];

    internal void Add(ColumnsFound found)
    {
        if (found.Lacking is not { } lacking) return;
        Rows++;
        foreach (var column in lacking) Count(Lacking, column, 1);
        if (lacking.Count > 0 && Columns.Count == 0) Columns.AddRange(found.There);
    }

    public void Add(CollectionTally next)
    {
        Rows += next.Rows;
        DoubtfulEncodings += next.DoubtfulEncodings;
        foreach (var name in next.DoubtfullyEncoded ?? []) Doubt(name);
        EmptyFiles.AddRange(next.EmptyFiles.Take(MostEmptyNamed - EmptyFiles.Count));
        if (Columns.Count == 0) Columns.AddRange(next.Columns);
        Documents += next.Documents;
        Empty += next.Empty;
        Characters += next.Characters;
        foreach (var (all, some) in new[] { (Formats, next.Formats), (Licenses, next.Licenses), (Languages, next.Languages), (Robots, next.Robots), (Faults, next.Faults), (Lacking, next.Lacking) })
            foreach (var (word, count) in some) Count(all, word, count);
        Damages.AddRange(next.Damages.Take(MostDamagesNamed - Damages.Count));
    }

    /// <summary>This for some of its documents only; formats are not known of single documents and stay those of all.</summary>
    public CollectionTally OnlyOf(IReadOnlyList<Document> documents)
    {
        var some = new CollectionTally { Empty = Empty, Faults = Faults, Damages = Damages, Formats = Formats, EmptyFiles = EmptyFiles, DoubtfulEncodings = DoubtfulEncodings, DoubtfullyEncoded = DoubtfullyEncoded, Rows = Rows, Lacking = Lacking, Columns = Columns };
        foreach (var document in documents) some.Count(document);
        return some;
    }

    private void Doubt(string name)
    {
        // Of rows of one file once.
        if ((DoubtfullyEncoded ??= []).Count < MostDoubtsNamed && !DoubtfullyEncoded.Contains(name)) DoubtfullyEncoded.Add(name);
    }

    private void Count(Document document)
    {
        Documents++;
        Characters += document.Text.Length;
        Count(Licenses, document.License, 1);
        Count(Languages, document.Language ?? Document.UnknownLicense, 1);
        Count(Robots, document.Robots, 1);
    }

    private static void Count(SortedDictionary<string, long> counts, string word, long more)
    {
        // A column that is no licence at all may have a value of its own in every record.
        if (!counts.ContainsKey(word) && counts.Count >= MostWords) word = OtherWords;
        counts[word] = counts.GetValueOrDefault(word) + more;
    }

    private static SortedDictionary<string, long> Words() => new(StringComparer.Ordinal);
}
