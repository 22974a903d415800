using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Data.Cleaning;

/// <summary>Drops lines of a page's furniture: short ones with a stock phrase, and those that the caller's expressions match.</summary>
internal sealed class LineFilter
{
    /// <summary>A longer line is prose that may speak of cookies.</summary>
    private const int LongestStockLine = 160;

    private static readonly SearchValues<string> Phrases = SearchValues.Create(
    [
        "all rights reserved", "javascript is disabled", "javascript is required", "please enable javascript", "turn on javascript", "accept cookies", "accept all cookies", "we use cookies",
        "this site uses cookies", "this website uses cookies", "our use of cookies", "our cookie policy", "our privacy policy", "privacy policy |", "| privacy policy", "terms of use |",
        "terms of service |", "skip to content", "skip to main content", "subscribe to our newsletter", "sign up for our newsletter", "share on facebook", "share on twitter",
        "share this article", "follow us on", "click here to subscribe", "log in to comment", "leave a comment", "your email address will not be published", "back to top", "powered by wordpress",
    ], StringComparison.OrdinalIgnoreCase);

    private readonly bool stock;
    private readonly List<Regex> expressions = [];

    /// <exception cref="ArgumentException">An expression that does not parse, or that cannot run in linear time; the message quotes it.</exception>
    public LineFilter(bool stock, IReadOnlyList<string> patterns)
    {
        this.stock = stock;
        foreach (var pattern in patterns) expressions.Add(Parse(pattern));
    }

    public static Regex Parse(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"'{pattern}' is no expression for lines to drop: {e.Message}", e);
        }
    }

    public string Clean(string text)
    {
        if (expressions.Count == 0 && (!stock || !text.AsSpan().ContainsAny(Phrases))) return text;
        StringBuilder? kept = null;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var stop ? stop + 1 : text.Length;
            var line = text.AsSpan(at, end - at);
            if (Drops(line.TrimEnd('\n'))) kept ??= new StringBuilder(text, 0, at, text.Length);
            else kept?.Append(line);
            at = end;
        }

        return kept?.ToString() ?? text;
    }

    private bool Drops(ReadOnlySpan<char> line)
    {
        // A block of code is not a line.
        if (line.Contains(CodeShield.BlockMark)) return false;
        if (stock && line.Trim().Length <= LongestStockLine && line.ContainsAny(Phrases)) return true;
        foreach (var expression in expressions)
            if (expression.IsMatch(line)) return true;
        return false;
    }
}
