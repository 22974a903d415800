using Pipeline.Data.Languages;

namespace Pipeline.Data.Extraction;

/// <summary>Natural logarithms of how likely letters begin words and follow each other in some languages, by the language model that ships. Letters are small ones.</summary>
internal sealed class LetterPairs
{
    /// <summary>Of letters that a language has not, and of pairs that it has not among those the model keeps.</summary>
    public const float Unknown = -13.8f, UnknownPair = -11.5f;

    /// <summary>How much less likely a letter is behind one that it is not known to follow.</summary>
    private const float Surprise = 2;

    /// <summary>Letters of the encodings before Unicode are below, but for those that stand for all unknown ones.</summary>
    private const int Letters = 0x1000;

    private readonly byte[] places = new byte[Letters];
    private readonly float[] first, pairs;
    private readonly int count;

    /// <param name="languages">BCP 47 tags of the model.</param>
    /// <param name="letters">The letters beyond those of ASCII.</param>
    public LetterPairs(string[] languages, IEnumerable<char> letters)
    {
        Languages = languages.Length;
        char[] known = [.. "abcdefghijklmnopqrstuvwxyz".Concat(letters.Select(char.ToLowerInvariant).Where(c => c is >= (char)0x80 and < (char)Letters)).Distinct().Order()];
        count = known.Length + 1;
        for (var i = 0; i < known.Length; i++) places[known[i]] = (byte)(i + 1);
        var model = LanguageModel.Default;
        var own = languages.Select(l => model.Languages.ToList().IndexOf(l)).ToArray();
        (first, pairs) = (new float[count * Languages], new float[count * count * Languages]);
        first.AsSpan(0, Languages).Fill(Unknown);
        var gains = new int[model.Languages.Count];
        foreach (var c in known)
        {
            Array.Clear(gains);
            model.Score(c, gains);
            for (var l = 0; l < own.Length; l++) first[places[c] * Languages + l] = Unknown + gains[own[l]] * (float)LanguageModel.Step;
        }

        for (var before = 0; before < count; before++)
        {
            for (var after = 0; after < count; after++)
            {
                Array.Clear(gains);
                if (before > 0 && after > 0) model.Score(((ulong)known[before - 1] << 16) | known[after - 1], gains);
                for (var l = 0; l < own.Length; l++)
                {
                    var (a, b) = (first[before * Languages + l], first[after * Languages + l]);
                    pairs[(before * count + after) * Languages + l] = gains[own[l]] > 0 && a > Unknown
                        ? Math.Clamp(Unknown + gains[own[l]] * (float)LanguageModel.Step - a, Unknown, 0)
                        : Math.Max(Unknown, Math.Min(UnknownPair - a, b - Surprise));
                }
            }
        }
    }

    public int Languages { get; }

    /// <summary>Adds the logarithm for a letter at the beginning of a word, a language each.</summary>
    public void AddFirst(char letter, Span<float> sums) => Add(first.AsSpan(Place(letter) * Languages, Languages), sums);

    /// <summary>Adds that for a letter behind another one.</summary>
    public void AddNext(char before, char letter, Span<float> sums) => Add(pairs.AsSpan((Place(before) * count + Place(letter)) * Languages, Languages), sums);

    private static void Add(ReadOnlySpan<float> logs, Span<float> sums)
    {
        for (var l = 0; l < logs.Length; l++) sums[l] += logs[l];
    }

    private int Place(char letter) => letter == 'İ' ? places['i'] : char.ToLowerInvariant(letter) is var small && small < Letters ? places[small] : 0;
}
