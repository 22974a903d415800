using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipeline.Cli.Screens;

/// <summary>A line of markup. <paramref name="Tail"/> may be long: where it is to stay it continues below, indented to where it began; where it moves it is cut.</summary>
internal sealed record ScreenLine(string Head, string Tail = "");

/// <summary>The last lines of a terminal, painted anew in place, and lines that go above them for good. Spectre's own live display neither clears the end of a line it overwrites nor cuts one that is too long.</summary>
internal sealed class LiveRegion(IAnsiConsole console)
{
    private const int NarrowestTail = 24;

    private readonly List<int> painted = [];

    /// <summary>Writes <paramref name="above"/>, which stays, and <paramref name="below"/>, which the next call paints over.</summary>
    public void Paint(IEnumerable<ScreenLine> above, IReadOnlyList<ScreenLine> below)
    {
        // The last column stays free: what is written there makes some terminals go on to the next line.
        var width = Math.Max(console.Profile.Width, 20) - 1;
        var segments = new List<Segment> { Segment.Control(Rows(width + 1) is > 0 and var rows ? $"\r\u001b[{rows}A" : "\r") };
        foreach (var line in above) Add(segments, Wrapped(line, width));
        painted.Clear();
        foreach (var line in below.Take(Math.Max(1, console.Profile.Height - 2)))
        {
            var cut = Cut(Render(line.Head + line.Tail, int.MaxValue)[0], width);
            painted.Add(Segment.CellCount(cut));
            Add(segments, [cut]);
        }

        segments.Add(Segment.Control("\u001b[J"));
        console.Write(new Ready(segments));
    }

    /// <summary>How many rows the painted lines take now: a terminal made narrower has wrapped them.</summary>
    private int Rows(int width) => painted.Sum(cells => Math.Max(1, (cells + width - 1) / width));

    private static void Add(List<Segment> segments, IEnumerable<List<Segment>> lines)
    {
        foreach (var line in lines)
        {
            segments.AddRange(line);
            segments.Add(Segment.Control("\u001b[K"));
            segments.Add(Segment.LineBreak);
        }
    }

    private IEnumerable<List<Segment>> Wrapped(ScreenLine line, int width)
    {
        var head = Render(line.Head, int.MaxValue)[0];
        var indent = Segment.CellCount(head);
        if (line.Tail.Length == 0 || width - indent < NarrowestTail)
        {
            yield return Cut([.. head, .. Render(line.Tail, int.MaxValue)[0]], width);
            yield break;
        }

        foreach (var part in Render(line.Tail, width - indent))
        {
            yield return [.. head, .. part];
            head = [new Segment(new string(' ', indent))];
        }
    }

    private List<List<Segment>> Render(string markup, int width)
    {
        var lines = Segment.SplitLines(((IRenderable)new Markup(markup.ReplaceLineEndings(" "))).Render(RenderOptions.Create(console), width));
        return lines.Count == 0 ? [[]] : [.. lines.Select(l => l.ToList())];
    }

    private static List<Segment> Cut(List<Segment> line, int width)
    {
        if (Segment.CellCount(line) <= width) return line;
        var cut = new List<Segment>();
        var left = width - 1;
        foreach (var segment in line.TakeWhile(_ => left > 0))
        {
            if (Segment.Truncate(segment, left) is { } fits) cut.Add(fits);
            left -= segment.CellCount();
        }

        return [.. cut, new Segment("…")];
    }

    private sealed class Ready(IEnumerable<Segment> segments) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
