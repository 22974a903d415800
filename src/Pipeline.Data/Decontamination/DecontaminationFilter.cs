using System.Globalization;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Decontamination;

public enum ContaminationAction
{
    /// <summary>Drop the document.</summary>
    Drop,

    /// <summary>Cut what is shared, by <see cref="CutRules"/>.</summary>
    Cut,

    /// <summary>Count it and mark it.</summary>
    Report,
}

/// <summary>Looks for items of benchmarks in documents.</summary>
public sealed class DecontaminationFilter : DocumentFilter
{
    /// <summary>The metadata key of what a reported document shares.</summary>
    public const string ContaminatedBy = "contaminated_by";

    private const int MostNamed = 20;
    private const int ByCut = 0, ByOverlap = 1, ByPieces = 2, ByRest = 3;

    private readonly BenchmarkIndex index;
    private readonly ContaminationAction action;
    private readonly CutRules cut;

    public DecontaminationFilter(BenchmarkIndex index, int n, ContaminationAction action, CutRules? cut = null)
    {
        (this.index, this.action, this.cut) = (index, action, cut ?? new());
        var run = string.Create(CultureInfo.InvariantCulture, $"{n} words");
        Rules = action == ContaminationAction.Cut
            ? [("overlap_cut", run), ("overlap", "off"), ("overlap_pieces", Text(this.cut.MostPieces)), ("overlap_rest", Text(this.cut.LeastCharacters))]
            : [("overlap_cut", "off"), ("overlap", run), ("overlap_pieces", "off"), ("overlap_rest", "off")];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        List<ulong> words = [];
        List<int> ends = [];
        NormalizedWords.HashesOf(document.Text, words, ends);
        var found = index.Find(words).Take(action == ContaminationAction.Drop ? 1 : int.MaxValue).OrderBy(f => f.Word).ToList();
        if (found.Count == 0) return document;
        var (name, place) = (index.NameOf(found[0].Item), found[0].Word == 0 ? 0 : ends[found[0].Word - 1]);
        tally.Found("contaminated");
        tally.Found("contaminated." + name[..name.LastIndexOf(':')]);
        switch (action)
        {
            case ContaminationAction.Report:
                tally.Marked(ByOverlap, document.Id, document.Text, place, name);
                var names = found.Select(f => f.Item).Distinct().Take(MostNamed).Select(index.NameOf);
                return document with { Metadata = new Dictionary<string, string>(document.Metadata) { [ContaminatedBy] = string.Join("; ", names) } };
            case ContaminationAction.Cut:
                var (rest, pieces) = ContaminatedSpans.Without(document.Text, found.Select(f => (f.Word, f.Length)), ends, cut);
                if (pieces > cut.MostPieces) return Drop(ByPieces, Text(pieces));
                if (rest.Length < Math.Max(1, cut.LeastCharacters)) return Drop(ByRest, Text(rest.Length));
                tally.Changed(ByCut, document.Id, document.Text.Length - rest.Length, () => (document.Text, rest), name);
                return document with { Text = rest };
            default:
                return Drop(ByOverlap, name);
        }

        Document? Drop(int rule, string value)
        {
            tally.Dropped(rule, document.Id, document.Text, document.Text.Length, value, place);
            return null;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
