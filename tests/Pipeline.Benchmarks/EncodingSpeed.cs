using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Benchmarks;

/// <summary>
/// Megabytes of UTF-8 that one thread encodes a second of its own time, by whole documents. Each tokenizer has a process of its own, as it has in use: the runtime compiles code for what ran before. Code is warm, the cache of words is new in
/// each round; the best of the rounds counts.
/// </summary>
static class EncodingSpeed
{
    private const int Vocabulary = 30_000;

    public static void Print(int rounds)
    {
        var corpora = Corpora();
        Console.WriteLine($"| tokenizer | {string.Join(" | ", corpora.Select(c => $"{c.Name} ({c.Texts.Sum(Encoding.UTF8.GetByteCount) / 1e6:F1} MB)"))} |");
        Console.WriteLine($"| --- |{string.Concat(corpora.Select(_ => " ---: |"))}");
        foreach (var (name, _) in Tokenizers())
        {
            using var alone = Process.Start(Environment.ProcessPath!, ["encoding-of", name, rounds.ToString(CultureInfo.InvariantCulture)]);
            alone.WaitForExit();
            if (alone.ExitCode != 0) throw new InvalidOperationException($"{name} ended with {alone.ExitCode}");
        }
    }

    public static void PrintOne(string name, int rounds)
    {
        var corpora = Corpora();
        var model = Tokenizers().Single(t => t.Name == name).Train([.. corpora.SelectMany(c => c.Texts)]);
        Console.WriteLine($"| {name}, {model.VocabularySize:N0} tokens | {string.Join(" | ", corpora.Select(c => Speed(model, c.Texts, rounds).ToString("F1", CultureInfo.InvariantCulture)))} |");
    }

    private static List<(string Name, List<string> Texts)> Corpora() => [.. CleaningSpeed.Corpora().Select(c => (c.Name, c.Documents.Select(d => d.Text).ToList()))];

    private static IEnumerable<(string Name, Func<IReadOnlyList<string>, TokenizerModel> Train)> Tokenizers()
    {
        foreach (var pattern in Enum.GetValues<SplitPattern>()) yield return ($"bpe, {pattern}", texts => BpeTrainer.Train(texts, new() { VocabularySize = Vocabulary, Pattern = pattern }).Model);
        yield return ("wordpiece, uncased", texts => WordPieceTrainer.Train(texts, new() { VocabularySize = Vocabulary }).Model);
        yield return ("wordpiece, cased", texts => WordPieceTrainer.Train(texts, new() { VocabularySize = Vocabulary, Lowercase = false }).Model);
        yield return ("unigram", texts => UnigramTrainer.Train(texts, new() { VocabularySize = Vocabulary }).Model);
        yield return ("unigram, NFKC", texts => UnigramTrainer.Train(texts, new() { VocabularySize = Vocabulary, Normalization = NormalizationForm.FormKC }).Model);
    }

    private static double Speed(TokenizerModel model, IReadOnlyList<string> texts, int rounds)
    {
        var warm = Stopwatch.StartNew();
        for (var first = new TextTokenizer(model); warm.Elapsed < TimeSpan.FromSeconds(1);) texts.ToList().ForEach(text => first.Encode(text));
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var tokenizer = new TextTokenizer(model);
            var before = Environment.CpuUsage.TotalTime;
            foreach (var text in texts) tokenizer.Encode(text);
            var used = Environment.CpuUsage.TotalTime - before;
            if (used < best) best = used;
        }

        return texts.Sum(Encoding.UTF8.GetByteCount) / best.TotalSeconds / 1e6;
    }
}
