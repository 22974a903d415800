using System.Text;

namespace Pipeline.Benchmarks;

/// <summary>How far a text holds the n-word shingles of another, each as often; words are runs of letters and digits without regard to case.</summary>
internal sealed record Agreement(double Precision, double Recall)
{
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    public static Agreement Of(string gold, string text, int n)
    {
        var (wanted, found) = (Shingles(gold, n), Shingles(text, n));
        if (wanted.Count == 0 || found.Count == 0) return wanted.Count == found.Count ? new(1, 1) : new(0, 0);
        double common = wanted.Sum(w => Math.Min(w.Value, found.GetValueOrDefault(w.Key)));
        return new(common / found.Values.Sum(), common / wanted.Values.Sum());
    }

    private static Dictionary<string, int> Shingles(string text, int n)
    {
        List<string> words = [];
        var word = new StringBuilder();
        foreach (var c in text + " ")
        {
            if (char.IsLetterOrDigit(c)) word.Append(char.ToLowerInvariant(c));
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        var shingles = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + Math.Min(n, words.Count) <= words.Count && i < words.Count; i++)
        {
            var shingle = string.Join(' ', words.Skip(i).Take(n));
            shingles[shingle] = shingles.GetValueOrDefault(shingle) + 1;
        }

        return shingles;
    }
}
