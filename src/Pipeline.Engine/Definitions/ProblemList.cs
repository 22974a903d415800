using System.Text.RegularExpressions;

namespace Pipeline.Engine.Definitions;

/// <summary>Gathers what is wrong, each thing once (an alias shows the same mistake in several places).</summary>
internal sealed partial class ProblemList
{
    /// <summary>Nobody reads more, and a hostile file must not make the engine write more.</summary>
    public const int Limit = 200;

    private readonly HashSet<Problem> problems = [];
    private readonly HashSet<(string, SourceLocation, string)> said = [];

    public int Count => problems.Count;
    public bool IsFull => problems.Count >= Limit;

    public void Add(string code, Place at, string message, string? remedy = null)
    {
        // What is wrong with a step of rounds is wrong in each.
        if (!IsFull && said.Add((code, at.Location, OfRound().Replace(message, "")))) problems.Add(new(code, at.Location, at.Source.IsFile ? at.Length : 0, message, remedy) { Line = at.Source.LineOf(at.Line) });
    }

    public bool HasOneAt(Place place) => problems.Any(p => p.At == place.Location);

    /// <summary>Overrides, then the pipeline file from top to bottom, then what it includes.</summary>
    public IReadOnlyList<Problem> Sorted(string main) =>
    [
        .. problems.OrderBy(p => p.At.Line == 0 ? 0 : p.At.File == main ? 1 : 2).ThenBy(p => p.At.Line == 0 ? "" : p.At.File, StringComparer.Ordinal).ThenBy(p => p.At.Line).ThenBy(p => p.At.Column).ThenBy(p => p.At.File, StringComparer.Ordinal)
            .ThenBy(p => p.Code, StringComparer.Ordinal).ThenBy(p => p.Message, StringComparer.Ordinal),
    ];

    [GeneratedRegex("--round-[0-9]+|round [0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex OfRound();
}
