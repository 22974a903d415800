using System.Text;
using Pipeline.Cli.Reports;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Plots;

/// <summary>Writes charts into a folder: each as an SVG of its own, and all on one page that needs nothing beside it.</summary>
internal static class PlotPage
{
    public const string FileName = "index.html";

    /// <summary>A page up to its title; the body stays open.</summary>
    public static string Head(string title, string style) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{XmlText.Of(title)}</title><style>{style}</style></head><body>\n<h1>{XmlText.Of(title)}</h1>\n";

    /// <returns>The names of the files, the page first.</returns>
    public static IReadOnlyList<string> Write(string folder, string title, ChartSet set)
    {
        Directory.CreateDirectory(folder);
        var names = new List<string> { FileName };
        var page = new StringBuilder();
        page.Append(Head(title, Style));
        foreach (var note in set.Notes) page.Append($"<p class=\"note\">{XmlText.Of(note)}</p>\n");
        foreach (var (chart, number) in set.Charts.Select((c, i) => (c, i)))
        {
            var svg = ChartDrawing.Svg(chart, number);
            var name = $"{number + 1:00}-{FileSafe(chart.Title)}.svg";
            AtomicFile.Write(Path.Combine(folder, name), svg);
            names.Add(name);
            page.Append($"<figure aria-label=\"{XmlText.Of(chart.Title)}\">{svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]}</figure>\n");
        }

        AtomicFile.Write(Path.Combine(folder, FileName), page.Append("</body></html>\n").ToString());
        return names;
    }

    private static string FileSafe(string title)
    {
        var safe = new string([.. title.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        while (safe.Contains("--", StringComparison.Ordinal)) safe = safe.Replace("--", "-", StringComparison.Ordinal);
        return safe;
    }

    internal const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;max-width:1340px;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem}figure{display:inline-block;margin:.5rem .8rem .5rem 0;width:min(100%,640px);border:1px solid #e3e7ee;border-radius:6px;overflow:hidden}
        svg{width:100%;height:auto;display:block}.note{color:#5b6675;margin:.2rem 0}
        """;
}
