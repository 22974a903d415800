using System.Globalization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Languages;

/// <summary>Writes each document's language and score, and drops those of other languages or of an unsure one.</summary>
public sealed class LanguageFilter : DocumentFilter
{
    public const string ScoreKey = "language_score";

    /// <summary>Keeps what a source said of a document where it was something else.</summary>
    public const string DeclaredKey = "language_declared";

    private readonly LanguageIdentifier identifier = new(LanguageModel.Default);
    private readonly HashSet<string> keep;
    private readonly double least;

    /// <param name="keep">BCP 47 tags; empty for all.</param>
    /// <param name="least">The least score.</param>
    public LanguageFilter(IReadOnlyCollection<string> keep, double least)
    {
        (this.keep, this.least) = ([.. keep.Select(k => LanguageTags.Canonical(k)!)], least);
        Rules = [("language", keep.Count == 0 ? "any" : string.Join(", ", keep)), ("score", Text(least))];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var (language, score) = identifier.Identify(document.Text);
        tally.Found(language);
        var dropped = keep.Count > 0 && !keep.Contains(language) ? 0 : score < least ? 1 : -1;
        if (dropped >= 0)
        {
            tally.Dropped(dropped, document.Id, document.Text, document.Text.Length, $"{language} {Text(score)}");
            return null;
        }

        var metadata = new Dictionary<string, string>(document.Metadata) { [ScoreKey] = Text(score) };
        if (document.Language is { } declared && LanguageTags.Canonical(declared) != language) metadata[DeclaredKey] = declared;
        return document with { Language = language, Metadata = metadata };
    }

    private static string Text(double score) => score.ToString("0.###", CultureInfo.InvariantCulture);
}
