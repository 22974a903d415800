using System.Text;
using ICU4N.Text;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers.Normalizing;

/// <summary>A change of text before it is cut into words.</summary>
public abstract record Normalizer
{
    /// <param name="text">Well-formed.</param>
    public abstract string Apply(string text);

    /// <param name="ascii">What each of ASCII becomes; null where it is dropped.</param>
    private protected static string Changed(string text, char?[] ascii, Action<Rune, StringBuilder> other)
    {
        var changed = new StringBuilder(text.Length);
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = 1;
            if (text[at] >= 128)
            {
                Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out length);
                other(rune, changed);
            }
            else if (ascii[text[at]] is { } kept) changed.Append(kept);
        }

        return changed.ToString();
    }

    private protected static readonly char?[] AsciiAsItIs = [.. Enumerable.Range(0, 128).Select(symbol => (char?)symbol)];
    private protected static readonly char?[] AsciiLowered = [.. Enumerable.Range(0, 128).Select(symbol => (char?)char.ToLowerInvariant((char)symbol))];

    private protected static string Lowered(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : Changed(text, AsciiLowered, static (rune, lowered) =>
    {
        // The one letter whose small form is two characters.
        if (rune.Value == 0x130) lowered.Append("i\u0307");
        else lowered.Append(Rune.ToLowerInvariant(rune));
    });

    private protected static string Without(string text, Func<Rune, bool> dropped) => Ascii.IsValid(text) ? text : Changed(text, AsciiAsItIs, (rune, kept) =>
    {
        if (!dropped(rune)) kept.Append(rune);
    });
}

/// <summary>What BERT does to text: control characters go, white space becomes a space, ideographs stand apart, and where it is uncased accents and capitals go.</summary>
/// <param name="StripsAccents">Null: where it lowers.</param>
public sealed record BertNormalizer(bool CleansText, bool SeparatesIdeographs, bool? StripsAccents, bool Lowers) : Normalizer
{
    private static readonly char?[] AsciiCleaned = [.. AsciiAsItIs.Select(Clean)], AsciiCleanedAndLowered = [.. AsciiLowered.Select(Clean)];

    public override string Apply(string text)
    {
        if (Ascii.IsValid(text)) return CleansText ? Changed(text, Lowers ? AsciiCleanedAndLowered : AsciiCleaned, static (_, _) => { }) : Lowers ? text.ToLowerInvariant() : text;
        if (CleansText || SeparatesIdeographs) text = Changed(text, CleansText ? AsciiCleaned : AsciiAsItIs, Cleaned);
        if (StripsAccents ?? Lowers) text = Without(NormalForm.Of(text, Normalizer2.NFDInstance), RuneKinds.IsAccent);
        return Lowers ? Lowered(text) : text;
    }

    private static char? Clean(char? symbol) => symbol is '\t' or '\n' or '\r' ? ' ' : symbol is < ' ' or '\x7F' ? null : symbol;

    private void Cleaned(Rune rune, StringBuilder cleaned)
    {
        if (CleansText && (rune.Value is 0xFFFD || RuneKinds.IsControl(rune))) return;
        if (SeparatesIdeographs && RuneKinds.IsIdeograph(rune)) cleaned.Append(' ').Append(rune).Append(' ');
        else cleaned.Append(CleansText && Rune.IsWhiteSpace(rune) ? new Rune(' ') : rune);
    }
}

/// <summary>Unicode's normal forms.</summary>
public sealed record UnicodeForm(NormalizationForm Form) : Normalizer
{
    public override string Apply(string text) => NormalForm.Of(text, Instance());

    private Normalizer2 Instance() => Form switch
    {
        NormalizationForm.FormC => Normalizer2.NFCInstance,
        NormalizationForm.FormD => Normalizer2.NFDInstance,
        NormalizationForm.FormKC => Normalizer2.NFKCInstance,
        _ => Normalizer2.NFKDInstance,
    };
}

public sealed record Lowercase : Normalizer
{
    public override string Apply(string text) => Lowered(text);
}

/// <summary>Without the marks that combine with a letter; those that are one character with it stay.</summary>
public sealed record StripAccents : Normalizer
{
    public override string Apply(string text) => Without(text, RuneKinds.IsMark);
}

/// <summary>Without white space at its ends.</summary>
public sealed record Strip(bool Left, bool Right) : Normalizer
{
    public override string Apply(string text) => (Left, Right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    };
}

public sealed record Replace(string Old, string New) : Normalizer
{
    public override string Apply(string text) => text.Replace(Old, New, StringComparison.Ordinal);
}

/// <summary>With one space where there were several, and none at the end of a text.</summary>
/// <param name="Left">Whether there is none at its beginning, either.</param>
public sealed record ExtraSpaces(bool Left) : Normalizer
{
    /// <summary>What <c>tokenizer.json</c> replaces by nothing.</summary>
    public string Pattern => (Left ? @"\A +|" : "") + @" +\z| +(?= )";

    public override string Apply(string text)
    {
        text = Left ? text.Trim(' ') : text.TrimEnd(' ');
        var first = text.IndexOf("  ", StringComparison.Ordinal);
        if (first < 0) return text;
        var kept = new StringBuilder(text, 0, first, text.Length);
        for (var at = first; at < text.Length; at++)
        {
            if (text[at] != ' ' || text[at + 1] != ' ') kept.Append(text[at]);
        }

        return kept.ToString();
    }
}

/// <summary>Puts something before a text that is not empty.</summary>
public sealed record Prepend(string Prefix) : Normalizer
{
    public override string Apply(string text) => text.Length > 0 ? Prefix + text : text;
}
