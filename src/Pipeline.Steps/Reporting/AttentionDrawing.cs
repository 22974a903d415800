using System.Text;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Reporting;

/// <summary>Attention maps as SVG: those who look from top to bottom, those looked at from left to right, darker for more.</summary>
/// <param name="id">Begins the names of what the pictures of a text share.</param>
internal sealed class AttentionDrawing(string id, IReadOnlyList<string> tokens, IReadOnlyList<string>? source)
{
    /// <summary>More of them could not be read beside their rows.</summary>
    private const int MostLabels = 64;
    private const int LongestLabel = 14;
    private const double LabelSpace = 74;

    private static readonly byte[] Palette = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { Between(255, 8, i), Between(255, 48, i), Between(255, 107, i) })];

    /// <summary>The labels of rows and columns, drawn once and used by every map.</summary>
    public string Definitions()
    {
        var svg = new StringBuilder("<svg width=\"0\" height=\"0\" aria-hidden=\"true\" style=\"position:absolute\"><defs>");
        foreach (var (name, labels) in new[] { ("text", tokens), ("source", source) })
        {
            if (labels is null || labels.Count > MostLabels) continue;
            var size = Cell(labels.Count);
            svg.Append($"<g id=\"{id}-{name}-rows\" text-anchor=\"end\">");
            for (var i = 0; i < labels.Count; i++) svg.Append($"<text x=\"{Html.At(LabelSpace - 4)}\" y=\"{Html.At(LabelSpace + (i + 0.78) * size)}\">{Label(labels[i])}</text>");
            svg.Append($"</g><g id=\"{id}-{name}-columns\">");
            for (var i = 0; i < labels.Count; i++)
            {
                var (x, y) = (Html.At(LabelSpace + (i + 0.8) * size), Html.At(LabelSpace - 4));
                svg.Append($"<text x=\"{x}\" y=\"{y}\" transform=\"rotate(-90 {x} {y})\">{Label(labels[i])}</text>");
            }

            svg.Append("</g>");
        }

        return svg.Append("</defs></svg>\n").ToString();
    }

    public string Draw(AttentionMap map, int head)
    {
        var (rows, columns) = (Tokens(map.Site.FromSource), Tokens(map.Site.OnSource));
        // Of two sides with labels each has cells of its own size; then a map is no square, and none has to be.
        var (high, wide) = (Cell(rows.Count) * map.Rows, Cell(columns.Count) * map.Columns);
        var title = $"{Title(map.Site)}, head {head + 1}";
        var pixels = new byte[map.Rows * map.Columns];
        var weights = map.Head(head);
        // The square root lets small weights be seen.
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Round(255 * Math.Sqrt(Math.Clamp(weights[i], 0, 1)));
        var image = Convert.ToBase64String(IndexedPng.Encode(map.Columns, map.Rows, pixels, Palette));
        var labels = string.Concat(new[] { (rows, Name(map.Site.FromSource) + "-rows"), (columns, Name(map.Site.OnSource) + "-columns") }.Where(side => side.Item1.Count <= MostLabels).Select(side => $"<use href=\"#{id}-{side.Item2}\"/>"));
        return $"<figure><svg viewBox=\"0 0 {Html.At(LabelSpace + wide + 4)} {Html.At(LabelSpace + high + 4)}\" width=\"{Html.At(LabelSpace + wide + 4)}\" role=\"img\" aria-label=\"{Html.Text(title)}\" font-size=\"9\">{labels}"
            + $"<image x=\"{Html.At(LabelSpace)}\" y=\"{Html.At(LabelSpace)}\" width=\"{Html.At(wide)}\" height=\"{Html.At(high)}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{image}\"/>"
            + $"<rect x=\"{Html.At(LabelSpace)}\" y=\"{Html.At(LabelSpace)}\" width=\"{Html.At(wide)}\" height=\"{Html.At(high)}\" fill=\"none\" stroke=\"#c4ccd8\"/></svg><figcaption>head {head + 1} · entropy {Html.Number(map.Entropy(head))} nats</figcaption></figure>\n";
    }

    public static string Title(AttentionSite site) => site.Part == "source" ? $"decoder layer {site.Layer} on the source" : $"{site.Part} layer {site.Layer}";

    /// <summary>A token as it can be shown on a page: what cannot be seen is made visible.</summary>
    public static string Label(string token)
    {
        var shown = new StringBuilder();
        foreach (var rune in token.EnumerateRunes())
        {
            if (shown.Length >= LongestLabel)
            {
                shown.Append('…');
                break;
            }

            if (rune.Value == ' ') shown.Append('·');
            else if (rune.Value < 0x20) shown.Append((char)(0x2400 + rune.Value));
            // Format characters could turn the direction of what follows.
            else if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.OtherNotAssigned || rune.Value is 0xfffe or 0xffff) shown.Append('\ufffd');
            else shown.Append(rune);
        }

        return Html.Text(shown.ToString());
    }

    private static byte Between(int from, int to, int share) => (byte)(from + (to - from) * share / 255);

    private static double Cell(int count) => count <= 24 ? 14 : count <= MostLabels ? 10 : 4;

    private IReadOnlyList<string> Tokens(bool ofSource) => ofSource ? source! : tokens;

    private static string Name(bool ofSource) => ofSource ? "source" : "text";
}
