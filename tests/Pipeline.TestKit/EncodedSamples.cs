using System.Text;

namespace Pipeline.TestKit;

/// <param name="Languages">Those that are written in it, by the names of their folders of translations.</param>
/// <param name="Mark">Whether samples begin with its byte order mark.</param>
public sealed record SampledEncoding(string Name, string Languages, bool Mark = false)
{
    public Encoding Encoding { get; } = CodePagesEncodingProvider.Instance.GetEncoding(Name) ?? Encoding.GetEncoding(Name);
}

public sealed record EncodedSample(string Encoding, string Language, string Text, byte[] Bytes);

/// <summary>Pieces of real text in the encodings that their languages were written in, cut between words; each has a character beyond ASCII.</summary>
public static class EncodedSamples
{
    private const string Western = "en de fr es pt it nl sv da nb fi is ca", Central = "cs pl hu sk sl hr ro", Cyrillic = "ru uk bg sr mk be", EastAsian = "ja zh_CN zh_TW ko",
        All = "en de fr es pl cs hu tr lt ru uk el he ar th vi ja zh_CN zh_TW ko";

    public static IReadOnlyList<SampledEncoding> Encodings { get; } =
    [
        new("utf-8", All), new("utf-8", All, Mark: true), new("utf-16", All), new("utf-16", All, Mark: true), new("utf-16BE", All), new("utf-16BE", All, Mark: true), new("utf-32", All), new("utf-32", All, Mark: true), new("utf-32BE", All), new("utf-32BE", All, Mark: true),
        new("windows-1252", Western), new("iso-8859-15", "de fr es it nl sv da nb fi is ca et"), new("macintosh", "en de fr es pt it nl sv da nb fi ca"), new("ibm437", "de es it nl sv fi fr"), new("ibm850", "de fr es pt it nl sv da nb fi is ca"), new("ibm00858", "de fr es"),
        new("ibm860", "pt"), new("ibm861", "is"), new("ibm863", "fr"), new("ibm865", "da nb"),
        new("windows-1250", Central), new("iso-8859-2", Central), new("ibm852", Central), new("x-mac-ce", "cs pl hu sk"),
        new("windows-1257", "lt lv et"), new("iso-8859-13", "lt lv et"), new("iso-8859-4", "lt lv et"), new("ibm775", "lt lv et"), new("windows-1254", "tr"), new("ibm857", "tr"), new("x-mac-turkish", "tr"), new("windows-1258", "vi"),
        new("windows-1251", Cyrillic), new("koi8-r", "ru bg"), new("koi8-u", "uk ru"), new("iso-8859-5", Cyrillic), new("cp866", "ru bg be"), new("ibm855", "sr mk bg ru"), new("x-mac-cyrillic", Cyrillic),
        new("windows-1253", "el"), new("iso-8859-7", "el"), new("ibm737", "el"), new("ibm869", "el"), new("x-mac-greek", "el"), new("windows-1255", "he"), new("iso-8859-8", "he"), new("dos-862", "he"),
        new("windows-1256", "ar fa"), new("iso-8859-6", "ar"), new("dos-720", "ar"), new("windows-874", "th"),
        new("shift_jis", "ja"), new("euc-jp", "ja"), new("iso-2022-jp", "ja"), new("gb18030", "zh_CN"), new("big5", "zh_TW"), new("ks_c_5601-1987", "ko"), new("johab", "ko"),
    ];

    /// <summary>Encodings of which every other line of a text of UTF-8 is made.</summary>
    public static IReadOnlyList<SampledEncoding> Mixed { get; } =
        [new("windows-1252", Western), new("ibm850", "de fr es"), new("windows-1250", Central), new("windows-1251", Cyrillic), new("koi8-r", "ru"), new("windows-1253", "el"), new("windows-1256", "ar"), new("shift_jis", "ja"), new("gb18030", "zh_CN"), new("ks_c_5601-1987", "ko")];

    /// <summary>Up to <paramref name="most"/> of each language, about <paramref name="length"/> characters each.</summary>
    public static IEnumerable<EncodedSample> Of(SampledEncoding sampled, int length, int most, Func<string, IReadOnlyList<string>> messages)
    {
        foreach (var (language, text) in Texts(sampled, messages))
        {
            foreach (var piece in Pieces(text, length, most))
            {
                var bytes = sampled.Encoding.GetBytes(piece);
                yield return new(sampled.Name + (sampled.Mark ? ", marked" : ""), language, piece, sampled.Mark ? [.. sampled.Encoding.Preamble, .. bytes] : bytes);
            }
        }
    }

    /// <summary>The same with the first and every other line beyond ASCII in UTF-8.</summary>
    public static IEnumerable<EncodedSample> MixedOf(SampledEncoding sampled, int length, int most, Func<string, IReadOnlyList<string>> messages)
    {
        foreach (var (language, text) in Texts(sampled, messages))
        {
            foreach (var piece in Pieces(text, length, most))
            {
                var (bytes, beyond) = (new List<byte>(), 0);
                foreach (var line in piece.Split('\n')) bytes.AddRange((!Ascii.IsValid(line) && beyond++ % 2 == 1 ? sampled.Encoding : Encoding.UTF8).GetBytes(line + "\n"));
                bytes.RemoveAt(bytes.Count - 1);

                if (beyond > 1) yield return new("utf-8 and " + sampled.Name, language, piece, [.. bytes]);
            }
        }
    }

    private static IEnumerable<(string Language, string Text)> Texts(SampledEncoding sampled, Func<string, IReadOnlyList<string>> messages)
    {
        foreach (var language in sampled.Languages.Split(' '))
        {
            var text = string.Join('\n', messages(language).Select(m => Written(m, language, sampled.Encoding)).Where(m => sampled.Encoding.GetString(sampled.Encoding.GetBytes(m)) == m));
            if (text.Length > 0) yield return (language, text);
        }
    }

    /// <summary>As it was written before Unicode.</summary>
    private static string Written(string text, string language, Encoding encoding) => language switch
    {
        "ro" => text.Replace('ș', 'ş').Replace('ț', 'ţ').Replace('Ș', 'Ş').Replace('Ț', 'Ţ'),
        "fa" => text.Replace('ی', 'ي'),
        // Windows-1258 has most letters without their tones, which follow.
        "vi" when encoding.CodePage == 1258 => string.Concat(text.Normalize().Select(c => encoding.GetString(encoding.GetBytes([c])) == $"{c}" ? $"{c}" : Toned(c))),
        _ => text,
    };

    private static string Toned(char c)
    {
        var parts = $"{c}".Normalize(NormalizationForm.FormD);
        var tones = string.Concat(parts.Where(p => p is '\u0300' or '\u0301' or '\u0303' or '\u0309' or '\u0323'));
        return string.Concat(parts.Except(tones)).Normalize() + tones;
    }

    private static IEnumerable<string> Pieces(string text, int length, int most)
    {
        var step = Math.Max(length, text.Length / (most + 1));
        for (var (at, taken) = (0, 0); taken < most && at + length < text.Length; at += step, taken++)
        {
            // At the beginning of a line that has a character beyond ASCII.
            var start = at == 0 ? 0 : text.IndexOf('\n', at) + 1;
            if (start == 0 && at > 0) yield break;
            while (start + length < text.Length && Ascii.IsValid(Cut(text.AsSpan(start, length))) && text.IndexOf('\n', start) is >= 0 and var end) start = end + 1;
            if (start + length >= text.Length) yield break;
            var piece = Cut(text.AsSpan(start, length));
            if (!Ascii.IsValid(piece)) yield return piece.ToString();
            at = Math.Max(at, start - step + 1);
        }
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> piece) => piece.LastIndexOfAny(' ', '\n') is var end && end > piece.Length / 2 ? piece[..end] : char.IsHighSurrogate(piece[^1]) ? piece[..^1] : piece;
}
