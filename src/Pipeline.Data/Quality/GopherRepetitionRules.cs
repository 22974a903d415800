using static Pipeline.Data.Quality.QualityRule;

namespace Pipeline.Data.Quality;

/// <summary>Rae et al. 2021 (Gopher), table A1, as datatrove reads it: shares of the text's characters, blanks and line feeds with them.</summary>
internal static class GopherRepetitionRules
{
    public static IReadOnlyList<QualityRule> Of(GopherRepetitionLimits limits) =>
    [
        AtMost("duplicate_paragraphs", limits.DuplicateParagraphs, t => MeasuredText.Ratio(t.RepeatedParagraphs.Count, t.RepeatedParagraphs.All)),
        AtMost("duplicate_paragraph_characters", limits.DuplicateParagraphCharacters, t => MeasuredText.Ratio(t.RepeatedParagraphs.Characters, t.Characters)),
        AtMost("duplicate_lines", limits.DuplicateLines, t => MeasuredText.Ratio(t.RepeatedLines.Count, t.RepeatedLines.All)),
        AtMost("duplicate_line_characters", limits.DuplicateLineCharacters, t => MeasuredText.Ratio(t.RepeatedLines.Characters, t.Characters)),
        .. limits.Top().Select(r => AtMost($"top_{r.N}_gram", r.Most, t => MeasuredText.Ratio(t.WordGrams.TopCharacters(r.N, blanks: true), t.Characters))),
        .. limits.Duplicate().Select(r => AtMost($"duplicate_{r.N}_grams", r.Most, t => MeasuredText.Ratio(t.WordGrams.RepeatedCharacters(r.N), t.Characters))),
    ];
}
