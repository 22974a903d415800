using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Pipeline.TestKit;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;

namespace Pipeline.Benchmarks;

/// <summary>A word-level LSTM beside n-gram models of the same words. The words are those of podcast transcripts, in lower case, the rare ones as one unknown word; the last episodes are held out.</summary>
public static partial class WordModels
{
    const int Vocabulary = 5000, Context = 64, Batch = 20;

    public static void Compare(int words, int epochs, int threads)
    {
        var folder = SharedData.Find("transcripts/practicalai") ?? throw new FileNotFoundException("The benchmark reads transcripts/practicalai, which is not here.");
        using var files = new TemporaryFolder();
        var (training, held, known) = Encode(Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal), words, files);
        using (training)
        using (held)
        {
            Say($"{training.Count:N0} words of training, {held.Count:N0} held out, {Vocabulary:N0} different ones, {known:P1} of the held-out words among them");
            Say($"unigram                    perplexity {UnigramBaseline.Of(training, held, Vocabulary, 1).Perplexity,8:F2}");
            foreach (var order in new[] { 2, 3, 4, 5 })
                Say($"{order}-gram Kneser-Ney         perplexity {new KneserNey(training, Vocabulary, order).Measure(held, 1).Perplexity,8:F2}");
            using var model = LanguageModel.Initialise(new RecurrentConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 1, Width: 256) { Dropout = 0.4 }, seed: 1);
            using var objective = new NextToken(model);
            var steps = training.Count * epochs / (Context * Batch);
            var options = new TrainingOptions
            {
                Steps = steps,
                Batch = Batch,
                Seed = 1,
                Threads = threads,
                ValidateEvery = Math.Max(1, steps / epochs),
                Optimizer = new AdamWOptions { Beta2 = 0.99, WeightDecay = 0.1 },
                LearningRate = new LearningRate { Peak = 5e-3, Final = 1e-4, WarmUp = 100 },
            };
            var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(training, Context, seed: 1), new FixedWindows(held, Context, most: 200), options, observer: new Watch()).Run();
            // State begins anew with each window: the model sees 32 words on average, the n-gram models at most 4.
            Say($"LSTM, 1 layer of 256       perplexity {LanguageModelQuality.Of(model, held, 1).Perplexity,8:F2}   {model.Config.ParameterCount:N0} parameters, {epochs} epochs, {result.TokensPerSecond:F0} words/s");
        }
    }

    static (TokenFile Training, TokenFile Held, double Known) Encode(IEnumerable<string> episodes, int words, TemporaryFolder folder)
    {
        var all = new List<string>();
        foreach (var episode in episodes)
        {
            all.AddRange(Word().Matches(File.ReadAllText(episode).ToLowerInvariant()).Select(match => match.Value));
            if (all.Count >= words * 10L / 9)
                break;
        }
        var split = (int)(all.Count * 0.9);
        var ids = all.Take(split).CountBy(word => word).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(Vocabulary - 1).Select((pair, rank) => (pair.Key, Id: (ushort)(rank + 1))).ToDictionary(pair => pair.Key, pair => pair.Id);
        var encoded = all.Select(word => ids.GetValueOrDefault(word)).ToArray();
        return (Save("training", encoded.AsSpan(0, split)), Save("held", encoded.AsSpan(split)), encoded.Skip(split).Count(id => id > 0) / (double)(all.Count - split));

        TokenFile Save(string name, ReadOnlySpan<ushort> part)
        {
            File.WriteAllBytes(folder[name], MemoryMarshal.AsBytes(part));
            return new TokenFile(folder[name], 0, part.Length, 2, Vocabulary);
        }
    }

    sealed class Watch : ITrainingObserver
    {
        public void Resumed(long step)
        {
        }

        public void Stepped(in StepReport report)
        {
        }

        public void Validated(long step, IReadOnlyList<Figure> figures) => Say($"  step {step:N0}: validation perplexity {Math.Exp(figures[0].Value):F2}");

        public void Saved(long step)
        {
        }

        public void Warned(string message) => Console.WriteLine(message);
    }

    static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:['’][\p{L}]+)*|[^\s\p{L}\p{N}]|\n\n+")]
    private static partial Regex Word();
}
