using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection.Containers;

/// <summary>What one source file may unpack to, with all that lies in it. Reached at the same byte wherever reading began.</summary>
/// <param name="size">Bytes of the source file.</param>
internal sealed class UnpackBudget(ReadLimits limits, long size)
{
    /// <summary>Files beyond the limit that are named before the rest is given up.</summary>
    private const int NamedBeyond = 100;

    private readonly ReadLimits limits = limits;
    private readonly long most = limits.MostUnpacked(size);
    private long spent, entries;

    /// <summary>Nothing more of the source file is read.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Null for a file that may be taken in; else why it may not.</summary>
    public RefusedException? TakeEntry()
    {
        if (++entries <= limits.Entries) return null;
        IsExhausted = entries >= limits.Entries + NamedBeyond;
        return OverLimit.Entries(limits, IsExhausted);
    }

    /// <summary>What comes out of a decompressor, counted when it is disposed.</summary>
    public Stream Metered(Stream unpacked) => new MeteredStream(this, unpacked);

    private sealed class MeteredStream(UnpackBudget budget, Stream unpacked) : ForwardStream
    {
        private readonly long most = budget.most - budget.spent;
        private long count;
        private bool closed;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return 0;
            if (count >= most)
            {
                Span<byte> more = stackalloc byte[1];
                if (unpacked.Read(more) == 0) return 0;
                budget.IsExhausted = true;
                throw OverLimit.Unpacked(budget.limits, budget.most);
            }

            var read = unpacked.Read(buffer[..(int)Math.Min(buffer.Length, most - count)]);
            count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !closed)
            {
                closed = true;
                budget.spent += count;
                Faults.Ignored(unpacked.Dispose);
            }

            base.Dispose(disposing);
        }
    }
}
