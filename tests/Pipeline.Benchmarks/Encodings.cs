using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pipeline.Data.Extraction;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>How often texts of no stated encoding are read as they were written, beside chardet and charset-normalizer. The rules were looked at on one half of the catalogues; figures are of the other.</summary>
internal static class Encodings
{
    private static readonly int[] Lengths = [40, 200, 1_000, 20_000];
    private static readonly string[] Peers = ["chardet", "charset_normalizer"];

    private sealed record Row(string Encoding, int Length, List<EncodedSample> Samples);

    public static void Compare(int most, bool development, bool peers)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>();
        var rows = new List<Row>();
        foreach (var length in Lengths)
        {
            var each = length > 1_000 ? Math.Max(1, most / 8) : most;
            foreach (var (encodings, make) in new[] { (EncodedSamples.Encodings, (Func<SampledEncoding, IEnumerable<EncodedSample>>)(e => EncodedSamples.Of(e, length, each, Messages))), (EncodedSamples.Mixed, e => EncodedSamples.MixedOf(e, length, each, Messages)) })
                rows.AddRange(encodings.SelectMany(make).GroupBy(s => s.Encoding).Select(g => new Row(g.Key, length, [.. g])));
        }

        var clock = Process.GetCurrentProcess().TotalProcessorTime;
        var ours = rows.Select(r => r.Samples.Select(Ours).ToList()).ToList();
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - clock).TotalSeconds;
        Print($"{rows.Sum(r => r.Samples.Count)} texts, {rows.Sum(r => r.Samples.Sum(s => (long)s.Bytes.Length)) / 1e6:F1} MB, {(development ? "development" : "held out")}; ours {seconds:F1} s of CPU; percent read as written, and of ours the percent that is wrong without a doubt being told");
        var others = peers ? Peers.Select(p => Peer(p, rows)).ToArray() : [];
        string[] engines = ["ours", "untold", .. peers ? Peers : []];
        Print($"| | {string.Join(" | ", engines)} |");
        foreach (var encoding in rows.Select(r => r.Encoding).Distinct().Append("all"))
            Print($"| {encoding} | {string.Join(" | ", engines.Select(engine => string.Join(" / ", Lengths.Select(length => Cell(encoding, engine, length)))))} |");

        if (development)
        {
            foreach (var group in rows.SelectMany((r, i) => r.Samples.Select((s, j) => (r, s, Ours: ours[i][j]))).Where(f => !f.Ours.Right).GroupBy(f => (f.s.Encoding, f.s.Language, f.r.Length, f.Ours.Encoding)).OrderByDescending(g => g.Count()))
                Print($"{group.Count(),4} {group.Key}: {JsonSerializer.Serialize(group.First().s.Text[..Math.Min(60, group.First().s.Text.Length)], Readable)}");
        }

        string Cell(string encoding, string engine, int length)
        {
            var of = Enumerable.Range(0, rows.Count).Where(i => rows[i].Length == length && (encoding == "all" || rows[i].Encoding == encoding)).ToList();
            return of.Count == 0 ? "-" : of.Average(i => engine switch
            {
                "ours" => ours[i].Average(o => o.Right ? 100.0 : 0),
                "untold" => ours[i].Average(o => !o.Right && !o.Doubtful ? 100.0 : 0),
                _ => others[Array.IndexOf(Peers, engine)][i].Average(right => right ? 100.0 : 0),
            }).ToString("F0", CultureInfo.InvariantCulture);
        }

        IReadOnlyList<string> Messages(string language)
        {
            if (texts.TryGetValue(language, out var known)) return known;
            // Each catalogue is of one half, whatever is installed.
            IReadOnlyList<string> own = Translations.In(language == "en" ? "en_GB" : language, name => name.Sum(c => c) % 2 == (development ? 0 : 1));
            if (language == "en" && SharedData.Find("books/pride/1342-0.txt") is { } novel)
                own = [.. own, .. File.ReadAllText(novel).ReplaceLineEndings("\n").Split("\n\n").Where((p, i) => p.Length > 20 && i % 2 == (development ? 0 : 1)).Select(p => p.Trim('\n'))];
            return texts[language] = own;
        }
    }

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static (bool Right, bool Doubtful, string Encoding) Ours(EncodedSample sample)
    {
        try
        {
            var (text, encoding) = TextDecoder.Decode("a.txt", sample.Bytes);
            return (text == sample.Text, TextDecoder.IsDoubtful(encoding), encoding);
        }
        catch (InvalidDataException)
        {
            return (false, true, "none");
        }
    }

    /// <summary>Asks benchmarks/encodings_peer.py: a line of JSON in for each text, a 0 or 1 out.</summary>
    private static List<List<bool>> Peer(string name, List<Row> rows)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "samples.jsonl");
        File.WriteAllLines(file, rows.SelectMany(r => r.Samples).Select(s => JsonSerializer.Serialize(new { s.Text, s.Bytes })));
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Checkout.Root, "benchmarks", "encodings_peer.py"), name, file]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{name} failed; apt-get install python3-chardet python3-charset-normalizer.");
        Print($"{name}: {lines[^1]}");
        var at = 0;
        return [.. rows.Select(r => r.Samples.Select(_ => lines[at++] == "1").ToList())];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
