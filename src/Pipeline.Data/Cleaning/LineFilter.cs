using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Data.Cleaning;

/// <summary>Drops lines of a page's furniture (<see cref="BoilerplateLines"/>), and those that the caller's expressions match.</summary>
internal sealed class LineFilter
{
    private readonly bool stock;
    private readonly List<Regex> expressions = [];

    /// <exception cref="ArgumentException">An expression that does not parse, or that cannot run in linear time; the message quotes it.</exception>
    public LineFilter(bool stock, IReadOnlyList<string> patterns)
    {
        this.stock = stock;
        foreach (var pattern in patterns) expressions.Add(LineExpression.Parse(pattern));
    }

    public string Clean(string text)
    {
        if (expressions.Count == 0 && (!stock || !BoilerplateLines.MayBeIn(text))) return text;
        StringBuilder? kept = null;
        var before = 0..0;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var stop ? stop + 1 : text.Length;
            var line = text.AsSpan(at, end - at);
            if (Drops(line.TrimEnd('\n'), text.AsSpan(before))) kept ??= new StringBuilder(text, 0, at, text.Length);
            else kept?.Append(line);
            (before, at) = (at..end, end);
        }

        return kept?.ToString() ?? text;
    }

    private bool Drops(ReadOnlySpan<char> line, ReadOnlySpan<char> before)
    {
        // A block of code is not a line.
        if (line.Contains(CodeShield.BlockMark)) return false;
        if (stock && BoilerplateLines.IsOne(line, before)) return true;
        foreach (var expression in expressions)
            if (expression.IsMatch(line)) return true;
        return false;
    }
}
