namespace Pipeline.Data.Languages;

/// <param name="Language">BCP 47 tag; <c>und</c> where nothing is known of the text.</param>
/// <param name="Score">The share of the text that is in that language, 0 to 1: each window counts by how sure it is.</param>
public readonly record struct IdentifiedLanguage(string Language, double Score);

/// <summary>
/// Naive Bayes on runs of one to four letters. A text is looked at in windows, so that one of two languages has a score of about a half for each; of a long text a number of
/// windows are taken evenly. Several threads may ask at once.
/// </summary>
public sealed class LanguageIdentifier(LanguageModel model)
{
    public const string Undetermined = "und";

    /// <summary>Characters of a window, windows of a text.</summary>
    private const int Window = 200, MostWindows = 10;

    /// <summary>Runs overlap and so say the same thing more than once: their evidence counts only so much.</summary>
    private const double Independence = 0.5;

    public IdentifiedLanguage Identify(ReadOnlySpan<char> text)
    {
        var count = Math.Min(MostWindows, (text.Length + Window - 1) / Window);
        Span<int> scores = stackalloc int[model.Languages.Count];
        Span<double> shares = stackalloc double[model.Languages.Count];
        var all = 0.0;
        for (var i = 0; i < count; i++)
        {
            var start = count < MostWindows ? i * Window : (int)((long)(text.Length - Window) * i / (MostWindows - 1));
            scores.Clear();
            var known = Score(text.Slice(start, Math.Min(Window, text.Length - start)), scores);
            if (known == 0) continue;
            all += known;
            AddShares(scores, known, shares);
        }

        if (all == 0) return new(Undetermined, 0);
        var best = 0;
        for (var i = 1; i < shares.Length; i++)
            if (shares[i] > shares[best]) best = i;
        return new(model.Languages[best], Math.Min(1, shares[best] / all));
    }

    private static void AddShares(ReadOnlySpan<int> scores, int weight, Span<double> shares)
    {
        var most = 0;
        foreach (var score in scores) most = Math.Max(most, score);
        Span<double> posterior = stackalloc double[scores.Length];
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            var below = (scores[i] - most) * LanguageModel.Step * Independence;
            sum += posterior[i] = below < -30 ? 0 : Math.Exp(below);
        }

        for (var i = 0; i < scores.Length; i++) shares[i] += weight * posterior[i] / sum;
    }

    /// <summary>How many runs of the window are known.</summary>
    private int Score(ReadOnlySpan<char> window, Span<int> scores)
    {
        var (run, length, known) = (0UL, 0, 0);
        foreach (var c in window)
        {
            if (!char.IsLetter(c))
            {
                length = 0;
                continue;
            }

            run = (run << 16) | char.ToLowerInvariant(c);
            length++;
            // The longest run that is known says what the shorter ones in it say, and more.
            for (var n = Math.Min(length, LanguageModel.LongestRun); n > 0; n--)
            {
                if (!model.Score(n == LanguageModel.LongestRun ? run : run & ((1UL << (16 * n)) - 1), scores)) continue;
                known++;
                break;
            }
        }

        return known;
    }
}
