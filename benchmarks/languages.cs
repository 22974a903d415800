#:project ../src/Pipeline.Data/Pipeline.Data.csproj
#:package SearchPioneer.Lingua
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
// Makes src/Pipeline.Data/Languages/languages.bin from the n-gram models in Lingua's package, and measures language identification beside Lingua. It is no part of the solution, for the package has 73 MB.
//   dotnet run -c Release benchmarks/languages.cs -- distil FILE
//   dotnet run -c Release benchmarks/languages.cs -- compare FOLDER [SENTENCES]     FOLDER has a file a language (en.txt), a sentence a line

using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Lingua;
using Pipeline.Data.Languages;

switch (args)
{
    case ["distil", var target, .. var most]:
        Distillation.Write(target, most.Length == 4 ? [.. most.Select(int.Parse)] : null);
        return 0;
    case ["compare", var folder, .. var most]:
        Comparison.Print(folder, most.Length == 1 ? int.Parse(most[0], CultureInfo.InvariantCulture) : 100);
        return 0;
    default:
        Console.Error.WriteLine("usage: distil FILE | compare FOLDER [SENTENCES]");
        return 2;
}

/// <summary>Makes <c>languages.bin</c> from the n-gram models in Lingua's package: the most frequent runs of each language, with what they say about all.</summary>
static class Distillation
{
    private const double Floor = 1e-6;

    /// <summary>How many runs of 1 to 4 letters each language brings in.</summary>
    private static readonly int[] MostRuns = [1500, 600, 1500, 1500];

    private static readonly string[] Orders = ["unigrams", "bigrams", "trigrams", "quadrigrams"];

    public static void Write(string target, int[]? most = null)
    {
        var models = Read();
        string[] languages = [.. models.Keys.Order(StringComparer.Ordinal)];
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var language in languages)
        {
            for (var n = 0; n < Orders.Length; n++)
                chosen.UnionWith(models[language].Where(r => r.Key.Length == n + 1).OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Take((most ?? MostRuns)[n]).Select(r => r.Key));
        }

        var entries = new Dictionary<uint, IReadOnlyList<(byte, byte)>>();
        foreach (var run in chosen.Order(StringComparer.Ordinal))
        {
            var gains = new List<(byte, byte)>();
            for (var l = 0; l < languages.Length; l++)
            {
                if (models[languages[l]].TryGetValue(run, out var probability) && Gain(probability) is > 0 and var gain) gains.Add(((byte)l, gain));
            }

            if (gains.Count > 0) entries.TryAdd(LanguageModel.HashOf(run.Aggregate(0UL, (packed, c) => (packed << 16) | c)), gains);
        }

        using (var file = File.Create(target)) new LanguageModel(languages, [.. entries.Select(e => (e.Key, e.Value))]).Write(file);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{languages.Length} languages, {entries.Count:N0} runs, {entries.Values.Sum(g => g.Count):N0} gains, {new FileInfo(target).Length:N0} bytes"));
    }

    private static byte Gain(double probability) => (byte)Math.Clamp(Math.Round(Math.Log(probability / Floor) / LanguageModel.Step), 0, 255);

    /// <summary>For each language the probability of runs. Lingua has that of a run given all but its last letter.</summary>
    private static Dictionary<string, Dictionary<string, double>> Read()
    {
        var models = new Dictionary<string, Dictionary<string, double>>();
        for (var n = 0; n < Orders.Length; n++)
        {
            foreach (var folder in Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Lingua", "LanguageModels")))
            {
                var language = Path.GetFileName(folder);
                if (!models.TryGetValue(language, out var model)) models[language] = model = new(StringComparer.Ordinal);
                if (!File.Exists(Path.Combine(folder, Orders[n] + ".json.br"))) continue;
                using var json = JsonDocument.Parse(new BrotliStream(File.OpenRead(Path.Combine(folder, Orders[n] + ".json.br")), CompressionMode.Decompress));
                foreach (var entry in json.RootElement.GetProperty("ngrams").EnumerateObject())
                {
                    var parts = entry.Name.Split('/');
                    var conditional = double.Parse(parts[0], CultureInfo.InvariantCulture) / double.Parse(parts[1], CultureInfo.InvariantCulture);
                    foreach (var run in entry.Value.GetString()!.Split(' '))
                    {
                        if (run.Length > LanguageModel.LongestRun) continue;
                        var probability = n == 0 ? conditional : Before(model, run) * conditional;
                        if (probability > 0) model[run] = probability;
                    }
                }
            }
        }

        return models;
    }

    /// <summary>Of a run without its last letter; Chinese and Japanese have no models of some lengths.</summary>
    private static double Before(Dictionary<string, double> model, string run) => model.TryGetValue(run[..^1], out var known) ? known : run.Length > 2 ? Before(model, run[..^1]) : 0;
}

/// <summary>Language identification beside Lingua on a folder of one file a language (<c>en.txt</c>), a sentence a line.</summary>
static class Comparison
{
    public static void Print(string folder, int most)
    {
        var known = LanguageModel.Default.Languages.ToHashSet();
        var sentences = Directory.GetFiles(folder, "*.txt").Where(f => known.Contains(Path.GetFileNameWithoutExtension(f))).Order(StringComparer.Ordinal)
            .SelectMany(f => File.ReadLines(f).Where(l => l.Length > 0).Take(most).Select(l => (Language: Path.GetFileNameWithoutExtension(f), Text: l))).ToList();
        Console.WriteLine($"{sentences.Count:N0} sentences, {sentences.Select(s => s.Language).Distinct().Count()} languages, {sentences.Average(s => s.Text.Length):F0} characters each");
        var ours = new LanguageIdentifier(LanguageModel.Default);
        var confused = Measure("ours", text => ours.Identify(text) is var found ? found.Language : "");
        foreach (var (pair, count) in confused.OrderByDescending(c => c.Value).Take(12)) Console.WriteLine($"    {pair} {count}");
        var scores = sentences.Select(s => (s.Language, Found: ours.Identify(s.Text))).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ours at score >= .65: {scores.Count(s => s.Found.Score >= 0.65) * 100.0 / scores.Count:F1} % kept, {scores.Where(s => s.Found.Score >= 0.65).Average(s => s.Found.Language == s.Language ? 100.0 : 0):F2} % of them right"));
        var low = LanguageDetectorBuilder.FromAllLanguages().WithLowAccuracyMode().Build();
        Measure("Lingua, low accuracy", text => low.DetectLanguageOf(text).IsoCode6391().ToString().ToLowerInvariant());
        if (most > 100) return;
        var full = LanguageDetectorBuilder.FromAllLanguages().Build();
        Measure("Lingua, full", text => full.DetectLanguageOf(text).IsoCode6391().ToString().ToLowerInvariant());

        Dictionary<string, int> Measure(string name, Func<string, string> identify)
        {
            foreach (var sentence in sentences.Take(200)) identify(sentence.Text);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var found = sentences.Select(s => identify(s.Text)).ToList();
            var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            var right = sentences.Zip(found).Count(p => p.First.Language == p.Second);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {name}: {(double)right / sentences.Count:P2} right, {sentences.Count / seconds:N0} sentences a CPU second, {sentences.Sum(s => s.Text.Length) / seconds / 1e6:F1} M characters, {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB resident"));
            return sentences.Zip(found).Where(p => p.First.Language != p.Second).CountBy(p => $"{p.First.Language}->{p.Second}").ToDictionary();
        }
    }
}
