using System.Text;
using ICU4N.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>NFC and NFKC by ICU's tables, the same on every machine: the runtime's own normalisation does nothing without a system ICU.</summary>
internal static class UnicodeNormalization
{
    /// <summary>Of marks on one letter: real text has a handful, Unicode's stream-safe format allows 30, and sorting them takes quadratic time.</summary>
    private const int MostMarks = 32;
    private const int Segment = 512;

    public static string Clean(string text, UnicodeForm form)
    {
        if (form == UnicodeForm.None || Ascii.IsValid(text)) return text;
        var normalizer = form == UnicodeForm.Nfc ? Normalizer2.NFCInstance : Normalizer2.NFKCInstance;
        var normal = new StringBuilder(text.Length);
        var changed = false;
        // Pieces that begin where nothing can combine backwards are independent, and the library's time grows with the square of the length.
        for (var start = 0; start < text.Length;)
        {
            var (end, marks) = (Math.Min(start + Segment, text.Length), 0);
            while (end < text.Length && !BoundaryBefore(normalizer, text, end) && marks++ < MostMarks) end++;
            var piece = text.AsSpan(start, end - start);
            while (end < text.Length && !BoundaryBefore(normalizer, text, end)) end++;
            changed |= end - start > piece.Length;
            start = end;
            if (Ascii.IsValid(piece) || normalizer.IsNormalized(piece)) normal.Append(piece);
            else (changed, _) = (true, normalizer.Normalize(piece, normal));
        }

        return changed ? normal.ToString() : text;
    }

    public static string Fold(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : ICU4N.UChar.FoldCase(text, ICU4N.Globalization.FoldCase.Default);

    private static bool BoundaryBefore(Normalizer2 normalizer, string text, int at) =>
        text[at] < 128 || (!char.IsLowSurrogate(text[at]) && normalizer.HasBoundaryBefore(char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? char.ConvertToUtf32(text, at) : text[at]));
}
