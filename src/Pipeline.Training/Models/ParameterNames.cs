using System.IO.Enumeration;

namespace Pipeline.Training.Models;

/// <summary>Patterns over whole parameter names, with <c>*</c> and <c>?</c>.</summary>
static class ParameterNames
{
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <exception cref="ArgumentException">A pattern matches nothing.</exception>
    /// <param name="purpose">What the patterns are for: <c>freeze</c>.</param>
    public static void Check(IReadOnlyList<string> patterns, IReadOnlyList<string> names, string purpose)
    {
        if (patterns.FirstOrDefault(pattern => !names.Any(name => Matches(pattern, name))) is { } nothing)
            throw new ArgumentException($"No parameter to {purpose} matches '{nothing}'. Near it: {string.Join(", ", names.OrderBy(name => Distance(nothing, name)).Take(3))}. '*' stands for any characters, '?' for one.");
    }

    /// <summary>Characters to insert, delete or change.</summary>
    static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
