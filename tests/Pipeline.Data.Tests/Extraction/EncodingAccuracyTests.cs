using Pipeline.Data.Extraction;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Extraction;

/// <summary>Real text of some thirty languages in the encodings that they were written in, read as what it was; the whole table is in benchmarks/results/encodings.md.</summary>
public class EncodingAccuracyTests
{
    private const int Each = 3, Enough = 40_000;

    private static readonly Dictionary<string, IReadOnlyList<string>> Known = [];

    /// <summary>Percent of 40, 200 and 1,000 characters that come back at least, of all that are in encodings of one family, with room for a text or two that other packages may bring.</summary>
    public static TheoryData<string, int, int, int> Floors => new()
    {
        { "utf-", 96, 100, 100 }, { "windows-1252", 94, 94, 92 }, { "iso-8859-15", 94, 94, 92 }, { "windows-125", 85, 95, 95 }, { "iso-8859-", 85, 95, 95 }, { "koi8-", 85, 100, 100 }, { "cp866", 85, 100, 100 },
        { "ibm", 75, 92, 95 }, { "dos-", 75, 90, 100 }, { "macintosh", 75, 90, 90 }, { "x-mac-", 75, 90, 90 }, { "windows-874", 65, 100, 100 }, { "shift_jis", 65, 100, 100 }, { "euc-jp", 65, 100, 100 }, { "iso-2022-jp", 100, 100, 100 },
        { "gb18030", 65, 100, 100 }, { "big5", 65, 100, 100 }, { "ks_c_5601-1987", 65, 100, 100 }, { "johab", 65, 100, 100 },
    };

    [Theory]
    [MemberData(nameof(Floors))]
    public void Real_text_is_read_as_what_it_was_written_in(string family, int least40, int least200, int least1000)
    {
        var encodings = EncodedSamples.Encodings.Where(e => Family(e.Name) == family).ToList();
        Assert.NotEmpty(encodings);
        foreach (var (length, least) in ((int, int)[])[(40, least40), (200, least200), (1000, least1000)])
            Hold($"{family} of {length} characters", least, [.. encodings.SelectMany(e => EncodedSamples.Of(e, length, length < 1000 ? Each : 1, Messages))]);
    }

    [Fact]
    public void Lines_of_two_encodings_are_read_as_what_they_were_written_in()
    {
        foreach (var (length, least) in ((int, int)[])[(200, 92), (1000, 92)])
            Hold($"UTF-8 and others of {length} characters", least, [.. EncodedSamples.Mixed.SelectMany(e => EncodedSamples.MixedOf(e, length, Each, Messages))]);
    }

    private static void Hold(string what, int least, IReadOnlyList<EncodedSample> samples)
    {
        Assert.SkipWhen(samples.Count == 0, $"No catalogue of translations is in /usr/share/locale for {what}.");
        var wrong = samples.Select(s => (Sample: s, Read: Read(s.Bytes))).Where(r => r.Read.Text != r.Sample.Text).ToList();
        var right = 100.0 * (samples.Count - wrong.Count) / samples.Count;
        Assert.True(right >= least, $"{what}: {right:F0} % of {samples.Count} come back, at least {least} % should. {string.Join("; ", wrong.Select(w => $"{w.Sample.Language} in {w.Sample.Encoding} as {w.Read.Encoding}"))}");
    }

    private static (string Text, string Encoding) Read(byte[] bytes)
    {
        try
        {
            return TextDecoder.Decode("a.txt", bytes);
        }
        catch (InvalidDataException e)
        {
            return ("", e.Message);
        }
    }

    /// <summary>The longest name of a family that the encoding begins with.</summary>
    private static string Family(string encoding) => Floors.Select(f => f.Data.Item1).Where(f => encoding.StartsWith(f, StringComparison.Ordinal)).MaxBy(f => f.Length) ?? throw new InvalidOperationException($"{encoding} has no floor.");

    private static IReadOnlyList<string> Messages(string language)
    {
        lock (Known) return Known.TryGetValue(language, out var known) ? known : Known[language] = Translations.In(language == "en" ? "en_GB" : language, name => name.Sum(c => c) % 2 == 1, Enough);
    }
}
