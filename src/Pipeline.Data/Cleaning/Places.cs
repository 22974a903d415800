using System.Numerics;

namespace Pipeline.Data.Cleaning;

/// <summary>A set of places in a line, up to <see cref="Columns.Widest"/>.</summary>
internal record struct Places(ulong A, ulong B, ulong C, ulong D)
{
    public static Places All => new(~0UL, ~0UL, ~0UL, ~0UL);

    public readonly bool IsEmpty => (A | B | C | D) == 0;

    /// <summary>Beyond all of them where there is none.</summary>
    public readonly int First =>
        A != 0 ? BitOperations.TrailingZeroCount(A) : B != 0 ? 64 + BitOperations.TrailingZeroCount(B) : C != 0 ? 128 + BitOperations.TrailingZeroCount(C) : 192 + BitOperations.TrailingZeroCount(D);

    /// <summary>Below 0 where there is none.</summary>
    public readonly int Last =>
        D != 0 ? 255 - BitOperations.LeadingZeroCount(D) : C != 0 ? 191 - BitOperations.LeadingZeroCount(C) : B != 0 ? 127 - BitOperations.LeadingZeroCount(B) : 63 - BitOperations.LeadingZeroCount(A);

    public void Add(int at)
    {
        var bit = 1UL << (at & 63);
        if (at < 64) A |= bit;
        else if (at < 128) B |= bit;
        else if (at < 192) C |= bit;
        else D |= bit;
    }

    public readonly bool Has(int at) => at < Columns.Widest && (((at < 64 ? A : at < 128 ? B : at < 192 ? C : D) >> (at & 63)) & 1) != 0;

    public readonly Places And(Places other) => new(A & other.A, B & other.B, C & other.C, D & other.D);

    public readonly Places Or(Places other) => new(A | other.A, B | other.B, C | other.C, D | other.D);
}
