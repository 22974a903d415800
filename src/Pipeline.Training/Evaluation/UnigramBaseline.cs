using Pipeline.Training.Batches;

namespace Pipeline.Training.Evaluation;

/// <summary>What a model that only knows how often each token occurs would score: the floor that a language model has to be far below.</summary>
public static class UnigramBaseline
{
    /// <summary>Counts from <paramref name="training"/> with add-one smoothing, measured on every token of <paramref name="test"/> but its first, as <see cref="LanguageModelQuality"/> is.</summary>
    public static LanguageModelQuality Of(TokenFile training, TokenFile test, int vocabulary, long utf8Bytes)
    {
        var counts = Counts(training, vocabulary, first: 0);
        var logTotal = Math.Log(training.Count + (double)vocabulary);
        var measured = Counts(test, vocabulary, first: 1);
        double nats = 0;
        for (var id = 0; id < vocabulary; id++)
            nats += measured[id] * (logTotal - Math.Log(counts[id] + 1.0));
        return LanguageModelQuality.Of(nats, test.Count - 1, utf8Bytes);
    }

    static long[] Counts(TokenFile tokens, int vocabulary, long first)
    {
        var counts = new long[vocabulary];
        var buffer = new long[1 << 14];
        for (var at = first; at < tokens.Count; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tokens.Count - at));
            tokens.Read(at, part);
            foreach (var id in part)
                counts[id]++;
        }
        return counts;
    }
}
