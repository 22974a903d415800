namespace Pipeline.Engine.Definitions;

/// <summary>Gathers what is wrong, each thing once (an alias shows the same mistake in several places).</summary>
internal sealed class ProblemList
{
    /// <summary>Nobody reads more, and a hostile file must not make the engine write more.</summary>
    public const int Limit = 200;

    private readonly HashSet<Problem> problems = [];

    public int Count => problems.Count;
    public bool IsFull => problems.Count >= Limit;

    public void Add(string code, Place at, string message, string? remedy = null)
    {
        if (!IsFull) problems.Add(new(code, at.Location, at.Source.IsFile ? at.Length : 0, message, remedy));
    }

    public IReadOnlyList<Problem> Sorted() =>
    [
        .. problems.OrderBy(p => p.At.Line).ThenBy(p => p.At.Column).ThenBy(p => p.At.File, StringComparer.Ordinal)
            .ThenBy(p => p.Code, StringComparer.Ordinal).ThenBy(p => p.Message, StringComparer.Ordinal),
    ];
}
