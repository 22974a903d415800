using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Cleans texts by the operations switched on, and drops those that are then too short or too long. Cleaning a clean text changes nothing: the operations are
/// repeated until they agree, which takes a second look at most texts and a third at few; a text made so that they never agree is dropped as <c>unstable</c>.
/// </summary>
public sealed class TextCleaner : DocumentFilter
{
    private const int MostRounds = 8;

    private readonly bool protectCode;
    private readonly IReadOnlyList<(string Rule, string? Threshold, Func<string, string> Apply, Func<string, string>? ApplyToCode)> operations;
    private readonly IReadOnlyList<(string Rule, string? Threshold, Func<string, bool, string?> Drops)> limits;

    /// <exception cref="ArgumentException">An expression in <see cref="CleaningOptions.DropLines"/> is none.</exception>
    public TextCleaner(CleaningOptions options)
    {
        protectCode = options.ProtectCode;
        var lines = new LineFilter(options.BoilerplateLines, options.DropLines);
        List<(bool On, string Rule, string? Threshold, Func<string, string> Apply)> all =
        [
            // Before control characters, which it may need.
            (options.Mojibake, "mojibake", null, Mojibake.Repair),
            (options.ControlCharacters, "control_characters", null, ControlCharacters.Clean),
            (options.Unicode != UnicodeForm.None, "unicode", options.Unicode == UnicodeForm.Nfc ? "nfc" : "nfkc", t => UnicodeNormalization.Clean(t, options.Unicode)),
            (options.StripMarkup, "strip_markup", null, MarkupStripper.Strip),
            (options.Punctuation, "punctuation", null, Punctuation.Plain),
            (options.Urls != Treatment.Keep, "urls", options.Urls == Treatment.Remove ? "remove" : "placeholder", t => Addresses.Urls(t, options.Urls)),
            (options.Emails != Treatment.Keep, "emails", options.Emails == Treatment.Remove ? "remove" : "placeholder", t => Addresses.Emails(t, options.Emails)),
            (options.Handles != Treatment.Keep, "handles", options.Handles == Treatment.Remove ? "remove" : "placeholder", t => Addresses.Handles(t, options.Handles)),
            (options.Emoji != Treatment.Keep, "emoji", options.Emoji == Treatment.Remove ? "remove" : "placeholder", t => Emoji.Replace(t, options.Emoji)),
            (options.RepeatedPunctuation > 0, "repeated_punctuation", Text(options.RepeatedPunctuation), t => Punctuation.Shorten(t, options.RepeatedPunctuation)),
            (options.BoilerplateLines || options.DropLines.Count > 0, "boilerplate_lines", null, lines.Clean),
            (options.Whitespace, "whitespace", Text(options.MaximumNewlines), t => Whitespace.Clean(t, options.KeepIndentation, options.MaximumNewlines)),
            (options.Formatting, "formatting", null, Formatting.Clean),
            (options.Casing != Casing.Keep, "casing", options.Casing == Casing.Lower ? "lower" : "fold", t => Addresses.Outside(t, options.Casing == Casing.Lower ? p => p.ToLowerInvariant() : UnicodeNormalization.Fold)),
        ];
        // Of all these only two keep what code means.
        operations = [.. from o in all where o.On select (o.Rule, o.Threshold, o.Apply, o.Rule switch
        {
            "control_characters" => o.Apply,
            "unicode" => (Func<string, string>)(t => UnicodeNormalization.Clean(t, UnicodeForm.Nfc)),
            _ => null,
        })];
        limits =
        [
            ("unstable", Text(MostRounds), (_, stable) => stable ? null : "not after " + Text(MostRounds) + " rounds"),
            ("minimum_characters", Text(options.MinimumCharacters), (t, _) => t.Length < options.MinimumCharacters ? Text(t.Length) : null),
            ("minimum_words", Text(options.MinimumWords), (t, _) => options.MinimumWords > 0 && BlankWords.Count(t) is var words && words < options.MinimumWords ? Text(words) : null),
            ("maximum_words", options.MaximumWords is { } cap ? Text(cap) : null, (t, _) => options.MaximumWords is { } most && BlankWords.Count(t) is var words && words > most ? Text(words) : null),
        ];
        Rules = [.. operations.Select(o => (o.Rule, o.Threshold)), .. limits.Select(l => (l.Rule, l.Threshold))];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    /// <summary>What is wrong with an expression for <see cref="CleaningOptions.DropLines"/>; null where nothing is.</summary>
    public static string? ProblemWith(string pattern)
    {
        try
        {
            LineExpression.Parse(pattern);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>One text; null where it is dropped.</summary>
    public string? Clean(string text) => Apply(Document.Create("", text), NewTally())?.Text;

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var (text, stable) = (document.Text, false);
        CodeShield? shield = null;
        for (var round = 0; round < MostRounds && !stable; round++)
        {
            stable = true;
            // What cleaning brings to light may be code, or no longer be any.
            shield = protectCode ? CodeShield.Over(text, document) : CodeShield.Off(text);
            for (var i = 0; i < operations.Count; i++)
            {
                var length = shield.Length;
                if (!shield.Apply(operations[i].Apply, operations[i].ApplyToCode)) continue;
                stable = false;
                tally.Changed(i, document.Id, length - shield.Length, shield.Texts);
            }

            if (!stable) text = shield.Text;
        }

        shield?.Count(tally);
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Drops(text, stable) is not { } value) continue;
            tally.Dropped(operations.Count + i, document.Id, document.Text, text.Length, value);
            return null;
        }

        return ReferenceEquals(text, document.Text) ? document : document with { Text = text };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
