using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>Tokenizers beside their peers, on the SDK's XML documentation: processes of both in turn, medians. Beside the clock's time stands the processors', which other work disturbs less.</summary>
static class TokenizerSpeed
{
    private static readonly string Peer = Path.Combine(Checkout.Root, "benchmarks", "tokenizers_peer.mjs");

    public static void Compare(int megabytes, int rounds)
    {
        using var folder = new TemporaryFolder();
        var (text, held) = (folder["text.txt"], folder["held.txt"]);
        WriteCorpus(text, held, megabytes * 1_000_000L);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(text).Length / 1e6:0.0} MB of XML documentation, {Environment.ProcessorCount} processors, load {Load()}"));
        Rounds("train bpe, 30,000 tokens", rounds, () => Ours("train-bpe", text, folder["bpe.json"]), () => Of("node", Peer, NpmServers.Folder, "bpe", text, folder["theirs.json"]));
        Rounds("train wordpiece, 30,000 tokens", rounds, () => Ours("train-wordpiece", text, folder["wordpiece.json"]), () => Of("node", Peer, NpmServers.Folder, "wordpiece", text, folder["theirs.json"]));
        if (File.Exists("/usr/bin/spm_train"))
        {
            Rounds("train unigram, 30,000 tokens", rounds, () => Ours("train-unigram", text, folder["unigram.json"]), () => Timed("/usr/bin/spm_train", $"--input={text}", $"--model_prefix={folder["spm"]}", "--vocab_size=30000", "--character_coverage=1.0", "--normalization_rule_name=identity",
                "--remove_extra_whitespaces=false", "--split_by_unicode_script=false", "--split_by_number=false", "--max_sentence_length=100000", "--minloglevel=1", "--num_threads=2"));
            UnigramLoss.Compare(folder["unigram.json"], folder["spm.vocab"], held);
        }
        else Ours("train-unigram", text, folder["unigram.json"]);

        var corpora = CleaningSpeed.Corpora().Where(corpus => corpus.Name is "novels" or "transcripts").Select(corpus => (corpus.Name, folder.Write(corpus.Name, string.Join('\n', corpus.Documents.Select(d => d.Text.ReplaceLineEndings("\n"))))));
        foreach (var (name, file) in corpora.Prepend(("XML documentation", text)))
        {
            foreach (var kind in (string[])["bpe", "wordpiece", "unigram"])
                Rounds($"encode {name} with {kind}, one thread, {new FileInfo(file).Length / 1e6:0.0} MB", rounds, () => Ours("encode", file, folder[$"{kind}.json"]), () => Of("node", Peer, NpmServers.Folder, "encode", file, folder[$"{kind}.json"]));
        }
    }

    /// <summary>What <see cref="Ours"/> reads: seconds by the clock and of the processors.</summary>
    public static void Alone(string verb, string text, string tokenizer)
    {
        if (verb == "encode")
        {
            var model = TokenizerReader.Read(tokenizer);
            var lines = Lines(text).ToList();
            // Code that was compiled and words that were not seen: the peer was compiled long ago.
            var first = new TextTokenizer(model);
            foreach (var line in lines.Take(100_000)) first.Encode(line);
            var reader = new TextTokenizer(model);
            Measured(() => lines.Sum(line => (long)reader.Encode(line).Count));
            return;
        }

        Measured(() =>
        {
            TokenizerModel model = verb switch
            {
                "train-bpe" => BpeTrainer.Train(Lines(text), new() { VocabularySize = 30_000, SpecialTokens = [] }, 2).Model,
                "train-wordpiece" => WordPieceTrainer.Train(Lines(text), new() { VocabularySize = 30_000, LimitAlphabet = int.MaxValue, MinFrequency = 0 }, 2).Model,
                _ => UnigramTrainer.Train(Lines(text).Select(line => line.TrimEnd('\n')), new() { VocabularySize = 30_000, CharacterCoverage = 1, ByteFallback = false, SpecialTokens = ["<unk>", "<s>", "</s>"] }, 2).Model,
            };
            TokenizerFile.Write(tokenizer, model);
            return model.VocabularySize;
        });
    }

    private static void Measured(Func<long> work)
    {
        var clock = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        var made = work();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F3} {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F3} {made}"));
    }

    private static void Rounds(string what, int rounds, Func<(double Clock, double Processor, long Made)> ours, Func<(double Clock, double Processor, long Made)> theirs)
    {
        var all = Enumerable.Range(0, rounds).Select(_ => (Ours: ours(), Theirs: theirs())).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: ours {Median(all.Select(r => r.Ours.Clock)):0.00} s ({Median(all.Select(r => r.Ours.Processor)):0.00} s of processors, {all[0].Ours.Made:N0} made), theirs {Median(all.Select(r => r.Theirs.Clock)):0.00} s ({Median(all.Select(r => r.Theirs.Processor)):0.00} s, {all[0].Theirs.Made:N0}); ratio {Median(all.Select(r => r.Ours.Clock / r.Theirs.Clock)):0.00}, of processors {Median(all.Select(r => r.Ours.Processor / r.Theirs.Processor)):0.00}; load {Load()}"));
    }

    private static (double, double, long) Ours(string verb, string text, string tokenizer) => Of(Environment.ProcessPath!, "tokenizer", verb, text, tokenizer);

    private static (double, double, long) Of(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        double[] numbers = [.. output.TakeLast(3).Select(each => double.Parse(each, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1], (long)numbers[2]);
    }

    /// <summary>A program that does not measure itself: user and system seconds of all its threads.</summary>
    private static (double, double, long) Timed(string program, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        var before = ChildSeconds();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(error.Result);
        return (clock.Elapsed.TotalSeconds, ChildSeconds() - before, 0);
    }

    /// <summary>Fields 16 and 17 of /proc/self/stat, in hundredths: processes that ended.</summary>
    private static double ChildSeconds()
    {
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0;
    }

    /// <summary>Every fiftieth line is held out.</summary>
    private static void WriteCorpus(string path, string held, long bytes)
    {
        using var text = new StreamWriter(path, false, new UTF8Encoding(false)) { NewLine = "\n" };
        using var rest = new StreamWriter(held, false, new UTF8Encoding(false)) { NewLine = "\n" };
        var (written, number) = (0L, 0);
        foreach (var line in Directory.GetFiles("/usr/share/dotnet/packs", "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            if (written >= bytes) return;
            if (number++ % 50 == 49) rest.WriteLine(line);
            else
            {
                text.WriteLine(line);
                written += Encoding.UTF8.GetByteCount(line) + 1;
            }
        }
    }

    private static IEnumerable<string> Lines(string path) => File.ReadLines(path).Select(line => line + "\n");

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
