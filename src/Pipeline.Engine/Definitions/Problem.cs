namespace Pipeline.Engine.Definitions;

/// <summary>A place in a text. Line and column count from 1; both are 0 where the place is not in the file but an override, which <paramref name="File"/> then names in words.</summary>
public sealed record SourceLocation(string File, int Line, int Column);

/// <summary>Something wrong in a pipeline file.</summary>
/// <param name="Code">Stable; each has a page in docs/errors.</param>
/// <param name="Length">Characters to underline, from <paramref name="At"/>.</param>
/// <param name="Remedy">What to do about it, for the line under the excerpt.</param>
public sealed record Problem(string Code, SourceLocation At, int Length, string Message, string? Remedy)
{
    /// <summary>The line that it stands on; empty where the place is not in a file.</summary>
    public string Line { get; init; } = "";
}
