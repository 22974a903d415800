namespace Pipeline.Data.Damages;

public enum DamageKind
{
    /// <summary>Not what its format says it is.</summary>
    Damaged,

    /// <summary>Sound perhaps, and larger or deeper than the limits allow.</summary>
    Limit,

    /// <summary>In no format that can be read.</summary>
    Unknown,

    /// <summary>Names a place outside its archive, is a link that leads elsewhere, no regular file, encrypted, or has a name that cannot be opened.</summary>
    Refused,
}

/// <summary>A part of a source that gave no document.</summary>
/// <param name="Source">As a document's: <c>a.zip!/b/c.txt</c>.</param>
/// <param name="Where">A line's number, <c>record 12</c>; empty where it is the whole.</param>
public sealed record Damage(DamageKind Kind, string Source, string Where, string What)
{
    public override string ToString() => Where.Length == 0 ? $"{Source}: {What}" : $"{Source}:{Where}: {What}";
}

/// <summary>Thrown by readers where <see cref="DamageKind.Damaged"/> is not the word for it.</summary>
internal sealed class RefusedException(DamageKind kind, string message) : IOException(message)
{
    public DamageKind Kind { get; } = kind;
}
