using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>What a format cuts from a stream, in order and cheaply. Turning it into documents may be dear and is done apart, on any thread.</summary>
/// <param name="Where">As <see cref="Damage.Where"/>.</param>
/// <param name="Size">Bytes that it holds in memory.</param>
/// <param name="Read">Called once. Documents given before it throws are kept, the rest of the record is damage.</param>
/// <param name="Next">Where a reader can begin with what follows this record; null where it cannot.</param>
internal sealed record RawRecord(string Where, long Size, Func<IEnumerable<Document>> Read, Restart? Next = null)
{
    /// <summary>Of formats whose records have fields.</summary>
    public ColumnsFound? Columns { get; init; }

    public static RawRecord Damaged(string where, string what, Restart? next = null, DamageKind kind = DamageKind.Damaged) =>
        new(where, 0, () => throw new RefusedException(kind, what), next);
}
