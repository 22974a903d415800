using System.Text;

namespace Pipeline.Data.Extraction;

/// <param name="Rarity">The logarithm of how often texts are in it, beside Windows-1252.</param>
internal sealed record CharsetCandidate(string Name, double Rarity)
{
    public Encoding Encoding { get; } = Charsets.Named(Name)!;

    public bool IsOfDos => Name.StartsWith("ibm", StringComparison.Ordinal) || Name.StartsWith("dos-", StringComparison.Ordinal) || Name == "cp866";
}

/// <summary>The encodings of one byte a character that languages with the same letters were written in.</summary>
internal sealed class CharsetCandidates
{
    private CharsetCandidates(string languages, bool latin, params CharsetCandidate[] encodings)
    {
        (IsLatin, Encodings) = (latin, encodings);
        Pairs = new(languages.Split(' '), encodings.SelectMany(e => e.Encoding.GetString([.. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)])).Where(c => char.IsLetter(c) || c is >= 'ก' and <= '๛'));
    }

    public static IReadOnlyList<CharsetCandidates> All { get; } =
    [
        new("en de fr es pt it nl sv da nb nn fi is ca eu ga af cy sq", true, new("windows-1252", 0), new("iso-8859-15", -4), new("macintosh", -4), new("ibm850", -4), new("ibm437", -4), new("ibm00858", -6), new("ibm860", -7), new("ibm861", -7), new("ibm863", -7), new("ibm865", -6)),
        new("cs pl hu sk sl hr bs ro sq", true, new("windows-1250", -2), new("iso-8859-2", -3), new("ibm852", -5), new("x-mac-ce", -7)),
        new("lt lv et", true, new("windows-1257", -3), new("iso-8859-13", -5), new("iso-8859-4", -6), new("ibm775", -6)),
        new("tr", true, new CharsetCandidate("windows-1254", -3), new("ibm857", -6), new("x-mac-turkish", -7)),
        new("vi", true, new CharsetCandidate("windows-1258", -5)),
        new("ru uk bg sr mk be", false, new("windows-1251", -2), new("koi8-r", -3), new("koi8-u", -3), new("iso-8859-5", -4), new("cp866", -4), new("ibm855", -6), new("x-mac-cyrillic", -6)),
        new("el", false, new("windows-1253", -3), new("iso-8859-7", -3), new("ibm737", -5), new("ibm869", -6), new("x-mac-greek", -7)),
        new("he", false, new("windows-1255", -3), new("iso-8859-8", -4), new("dos-862", -6)),
        new("ar fa ur", false, new("windows-1256", -3), new("iso-8859-6", -4), new("dos-720", -6)),
        new("th", false, new CharsetCandidate("windows-874", -3)),
    ];

    public LetterPairs Pairs { get; }

    public bool IsLatin { get; }

    public IReadOnlyList<CharsetCandidate> Encodings { get; }
}
