using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Pipeline.Data.Extraction;
using Pipeline.TestKit;
using SmartReader;

namespace Pipeline.Benchmarks;

/// <summary>Main content of the readability pages: ours, SmartReader's and all text, by how much of the gold text they find and how fast. The rules were looked at on the development third alone.</summary>
internal static class Extraction
{
    private sealed record Page(string Name, bool Development, byte[] Source, string Gold);

    private static readonly (string Name, Func<Page, string> Extract, Func<string, string> Text)[] Engines =
    [
        ("ours", p => HtmlText.Read(p.Name, p.Source).Text, t => t), ("with numbers", p => HtmlText.Read(p.Name, p.Source, listNumbers: true).Text, t => t),
        ("SmartReader", p => new Reader("https://page.invalid/", Encoding.UTF8.GetString(p.Source)).GetArticle().Content ?? "", TextOf),
        ("all text", p => TextOf(Encoding.UTF8.GetString(p.Source)), t => t),
    ];

    public static void Compare(int rounds)
    {
        var pages = Load();
        var seconds = new double[Engines.Length];
        Array.Fill(seconds, double.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Engines.Length; i++)
            {
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                foreach (var page in pages) Engines[i].Extract(page);
                seconds[i] = Math.Min(seconds[i], (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
            }
        }

        Print($"{pages.Count} pages, {pages.Sum(p => p.Source.Length) / 1e6:F1} MB, {rounds} rounds; CPU time of the fastest round, one thread");
        Print($"{"",-12} {"pages",-12} {"shingle F1",10} {"precision",10} {"recall",8} {"token F1",9} {"pages/s",9}");
        foreach (var (name, part) in ((string, Func<Page, bool>)[])[("development", p => p.Development), ("held out", p => !p.Development)])
        {
            for (var i = 0; i < Engines.Length; i++)
            {
                var scores = pages.Where(part).Select(p => Score(p, i)).ToList();
                Print($"{Engines[i].Name,-12} {name,-12} {scores.Average(s => s.Shingles.F1),10:F4} {scores.Average(s => s.Shingles.Precision),10:F4} {scores.Average(s => s.Shingles.Recall),8:F4} {scores.Average(s => s.Tokens),9:F4} {pages.Count / seconds[i],9:F1}");
            }
        }

        PrintWays(pages);
    }

    private static void PrintWays(List<Page> pages)
    {
        foreach (var way in pages.GroupBy(p => (p.Development, HtmlText.Read(p.Name, p.Source).Metadata["extraction"])).OrderBy(g => g.Key))
            Print($"{(way.Key.Development ? "development" : "held out"),-12} {way.Key.Item2,-12} {way.Count(),4} pages, mean shingle F1 {way.Average(p => Score(p, 0).Shingles.F1):F4}, SmartReader {way.Average(p => Score(p, 2).Shingles.F1):F4}");
    }

    /// <summary>Page by page of the development third.</summary>
    /// <param name="folder">Gets our text and the gold one of each, for a look at what differs.</param>
    public static void PrintDevelopment(string? folder)
    {
        foreach (var page in Load().Where(p => p.Development))
        {
            var (ours, theirs) = (Score(page, 0), Score(page, 2));
            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, page.Name + ".ours"), HtmlText.Read(page.Name, page.Source).Text);
                File.WriteAllText(Path.Combine(folder, page.Name + ".gold"), page.Gold);
            }

            Print($"{ours.Shingles.F1:F3} p {ours.Shingles.Precision:F3} r {ours.Shingles.Recall:F3}  SmartReader {theirs.Shingles.F1:F3}  {HtmlText.Read(page.Name, page.Source).Metadata["extraction"],-10} {page.Name}");
        }
    }

    private static (Agreement Shingles, double Tokens) Score(Page page, int engine)
    {
        var text = Engines[engine].Text(Engines[engine].Extract(page));
        return (Agreement.Of(page.Gold, text, 4), Agreement.Of(page.Gold, text, 1).F1);
    }

    /// <summary>All text, with a blank where an element begins a line.</summary>
    private static string TextOf(string html)
    {
        var text = new StringBuilder();
        foreach (var node in new HtmlParser().ParseDocument(html).Body!.Descendants())
        {
            if (node is IText run && node.ParentElement?.LocalName is not ("script" or "style" or "noscript" or "template")) text.Append(run.Data);
            else if (node is IElement { LocalName: not ("a" or "b" or "i" or "em" or "strong" or "span" or "code" or "sub" or "sup" or "small" or "u" or "s" or "mark" or "cite" or "q" or "font" or "abbr" or "kbd" or "var" or "time") }) text.Append(' ');
            if (node.NextSibling is null && node.Parent is IElement { LocalName: "p" or "li" or "div" or "td" or "h1" or "h2" or "h3" or "h4" or "dd" or "dt" }) text.Append(' ');
        }

        return text.ToString();
    }

    private static List<Page> Load()
    {
        var archive = SharedData.Find("html-readability/test-pages.tar.xz") ?? throw new FileNotFoundException("The benchmark needs html-readability/test-pages.tar.xz, which is not here.");
        using var folder = new TemporaryFolder();
        using (var tar = Process.Start("tar", ["xf", archive, "-C", folder.Path])) tar.WaitForExit();
        return [.. Directory.GetFiles(folder.Path, "source.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(source =>
        {
            var name = Path.GetFileName(Path.GetDirectoryName(source)!);
            var development = SHA256.HashData(Encoding.UTF8.GetBytes("extraction/" + name))[0] % 3 == 0;
            return new Page(name, development, File.ReadAllBytes(source), TextOf(File.ReadAllText(source.Replace("source.html", "expected.html", StringComparison.Ordinal))));
        })];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
