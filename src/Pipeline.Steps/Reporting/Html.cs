using System.Globalization;
using System.Net;

namespace Pipeline.Steps.Reporting;

/// <summary>Text and numbers made safe and readable for a page.</summary>
internal static class Html
{
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A page up to its title; the body stays open.</summary>
    public static string Head(string title, string style) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Text(title)}</title><style>{style}</style></head><body>\n<h1>{Text(title)}</h1>\n";

    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 when value == Math.Floor(value) => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 or 0 => value.ToString("0.###", CultureInfo.InvariantCulture),
        _ => value.ToString("0.#####", CultureInfo.InvariantCulture),
    };

    /// <summary>A coordinate in an SVG.</summary>
    public static string At(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Table(IEnumerable<string> head, IEnumerable<IEnumerable<string>> rows) =>
        $"<table><thead><tr>{string.Concat(head.Select(h => $"<th>{Text(h)}</th>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</tbody></table>\n";
}
