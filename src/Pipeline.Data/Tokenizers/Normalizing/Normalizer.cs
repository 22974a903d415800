using System.Text;
using ICU4N.Text;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers.Normalizing;

/// <summary>A change of text before it is cut into words.</summary>
public abstract record Normalizer
{
    /// <param name="text">Well-formed.</param>
    public abstract string Apply(string text);

    /// <summary>The characters for which <paramref name="keep"/> is true.</summary>
    private protected static string Filtered(string text, Func<Rune, bool> keep)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (keep(rune)) kept.Append(rune);
        }

        return kept.Length == text.Length ? text : kept.ToString();
    }

    private protected static string Lowered(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        var lowered = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // The one letter whose small form is two characters.
            if (rune.Value == 0x130) lowered.Append("i\u0307");
            else lowered.Append(Rune.ToLowerInvariant(rune));
        }

        return lowered.ToString();
    }
}

/// <summary>What BERT does to text: control characters go, white space becomes a space, ideographs stand apart, and where it is uncased accents and capitals go.</summary>
/// <param name="StripsAccents">Null: where it lowers.</param>
public sealed record BertNormalizer(bool CleansText, bool SeparatesIdeographs, bool? StripsAccents, bool Lowers) : Normalizer
{
    public override string Apply(string text)
    {
        if (Ascii.IsValid(text)) return OfAscii(text);
        if (CleansText || SeparatesIdeographs) text = Cleaned(text);
        if (StripsAccents ?? Lowers) text = Filtered(Normalizer2.NFDInstance.Normalize(text), rune => Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.NonSpacingMark);
        return Lowers ? Lowered(text) : text;
    }

    private string OfAscii(string text)
    {
        var changed = new StringBuilder(text.Length);
        foreach (var symbol in text)
        {
            if (CleansText && symbol is '\t' or '\n' or '\r') changed.Append(' ');
            else if (!CleansText || symbol is >= ' ' and not '\x7F') changed.Append(Lowers && char.IsAsciiLetterUpper(symbol) ? (char)(symbol | 0x20) : symbol);
        }

        return changed.ToString();
    }

    private string Cleaned(string text)
    {
        var cleaned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (CleansText && (rune.Value is 0 or 0xFFFD || RuneKinds.IsControl(rune))) continue;
            if (SeparatesIdeographs && RuneKinds.IsIdeograph(rune)) cleaned.Append(' ').Append(rune).Append(' ');
            else cleaned.Append(CleansText && Rune.IsWhiteSpace(rune) ? new Rune(' ') : rune);
        }

        return cleaned.ToString();
    }
}

/// <summary>Unicode's normal forms.</summary>
public sealed record UnicodeForm(NormalizationForm Form) : Normalizer
{
    public override string Apply(string text) => Ascii.IsValid(text) ? text : Instance().Normalize(text);

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
    public override string Apply(string text) => Filtered(text, rune => !RuneKinds.IsMark(rune));
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

/// <summary>Puts something before a text that is not empty.</summary>
public sealed record Prepend(string Prefix) : Normalizer
{
    public override string Apply(string text) => text.Length > 0 ? Prefix + text : text;
}
