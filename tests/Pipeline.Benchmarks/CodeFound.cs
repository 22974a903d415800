using System.Globalization;
using System.Text.Json;
using Pipeline.Data.Cleaning;

namespace Pipeline.Benchmarks;

/// <summary>How much code that nothing marks is protected from cleaning, by language, and how many paragraphs of prose are taken for code. The texts are those that benchmarks/code_texts.py gathers.</summary>
static class CodeFound
{
    private const string Before = "The following shows what was said about it in the last chapter, and how it is done.\n\n", After = "\n\nAfter this there is nothing more to be done, and the story goes on as it did before.\n";

    private sealed record Entry(string? Language, string Source, string Text);

    /// <param name="samples">Of what was missed and of what was taken wrongly, so many are shown for each kind.</param>
    public static void Print(string folder, int samples)
    {
        Console.WriteLine("| language | snippets | characters protected | snippets protected whole | of single paragraphs | in Markdown |\n| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var kind in Read(folder, "code.jsonl").GroupBy(e => (e.Language, e.Source)).OrderBy(g => (g.Key.Source, g.Key.Language)))
        {
            var entries = kind.ToList();
            var shares = entries.ConvertAll(e => Share(e.Text, false));
            var markdown = entries.ConvertAll(e => Share(e.Text, true));
            var paragraphs = entries.SelectMany(e => e.Text.Split("\n\n")).Where(p => p.Length > 20).ToList();
            var alone = paragraphs.ConvertAll(p => Share(p, false));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind.Key.Language}, {kind.Key.Source} | {entries.Count} | {Weighted(shares, entries.ConvertAll(e => e.Text.Length)):P1} | {shares.Count(s => s > 0.97) / (double)shares.Count:P1} | {Weighted(alone, paragraphs.ConvertAll(p => p.Length)):P1} | {Weighted(markdown, entries.ConvertAll(e => e.Text.Length)):P1} |"));
            for (int i = 0, shown = 0; i < entries.Count && shown < samples; i++)
                if (shares[i] < 0.5 && shown++ < samples) Console.WriteLine($"<<<<\n{Marked(entries[i].Text, false)}\n>>>>");
        }

        Console.WriteLine("\n| prose | paragraphs | taken for code | share | megabytes a CPU second |\n| --- | ---: | ---: | ---: | ---: |");
        foreach (var kind in Read(folder, "prose.jsonl").ToList().GroupBy(e => e.Source))
        {
            var (all, taken, shown) = (0, new List<string>(), 0);
            var speed = 0.0;
            for (var round = 0; round < 3; round++)
            {
                var before = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
                foreach (var entry in kind) CodeRegions.In(entry.Text, false);
                speed = Math.Max(speed, kind.Sum(e => e.Text.Length) / (System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / 1e6);
            }

            foreach (var entry in kind)
            {
                var blocks = CodeRegions.In(entry.Text, false).Where(r => r.Kind == CodeKind.Block).ToList();
                for (var at = 0; at < entry.Text.Length;)
                {
                    var end = entry.Text.IndexOf("\n\n", at, StringComparison.Ordinal) is >= 0 and var stop ? stop : entry.Text.Length;
                    if (entry.Text.AsSpan(at, end - at).Trim().Length > 0)
                    {
                        all++;
                        if (blocks.Any(b => b.Start < end && b.End > at)) taken.Add(Marked(entry.Text[at..end], blocks, at));
                    }

                    at = end + 2;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind.Key} | {all} | {taken.Count} | {taken.Count / (double)all:P3} | {speed:F0} |"));
            foreach (var text in taken)
                if (shown++ < samples) Console.WriteLine($"<<<<\n{text}\n>>>>");
        }
    }

    private static IEnumerable<Entry> Read(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Select(l => JsonSerializer.Deserialize<Entry>(l, JsonSerializerOptions.Web)!);

    private static double Weighted(List<double> shares, List<int> weights) => shares.Zip(weights, (s, w) => s * w).Sum() / Math.Max(1, weights.Sum());

    /// <summary>Of a snippet's characters that are no blanks, between two paragraphs.</summary>
    private static double Share(string snippet, bool markdown)
    {
        var text = Before + snippet + After;
        var (all, found) = (0, 0);
        var inside = new bool[text.Length];
        foreach (var region in CodeRegions.In(text, markdown))
            if (region.Kind == CodeKind.Block) inside.AsSpan(region.Start, region.End - region.Start).Fill(true);
        for (var i = Before.Length; i < Before.Length + snippet.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) continue;
            all++;
            if (inside[i]) found++;
        }

        return all == 0 ? 1 : (double)found / all;
    }

    /// <summary>With a sign before each line that is protected.</summary>
    private static string Marked(string snippet, bool markdown) =>
        Marked(snippet, [.. CodeRegions.In(Before + snippet + After, markdown).Where(r => r.Kind == CodeKind.Block)], -Before.Length);

    private static string Marked(string text, List<CodeRegion> blocks, int offset)
    {
        var at = 0;
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            var place = at + offset;
            at += line.Length + 1;
            return (line.Length > 0 && blocks.Any(b => b.Start <= place && b.End > place) ? "█ " : "  ") + line;
        }));
    }
}
