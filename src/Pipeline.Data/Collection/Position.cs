namespace Pipeline.Data.Collection;

/// <summary>How far a source file was read, to go on from.</summary>
/// <param name="Leaf">Which of the files in it; 0 where it is no archive.</param>
/// <param name="Restart">The last place in that file where its format can begin.</param>
/// <param name="Skip">Records after that place that were read already.</param>
public sealed record Position(int Leaf, Restart Restart, long Skip)
{
    public static Position Start { get; } = new(0, Restart.Start, 0);
}

/// <summary>A place in a stream where a format can begin: the byte, and what it needs to number what follows.</summary>
public sealed record Restart(long Offset, long Number)
{
    public static Restart Start { get; } = new(0, 0);
}
