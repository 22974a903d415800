namespace Pipeline.Data.Collection.Containers;

/// <summary>What one source file may unpack to, with all that lies in it. Reached at the same byte wherever reading began.</summary>
/// <param name="size">Bytes of the source file.</param>
internal sealed class UnpackBudget(ReadLimits limits, long size)
{
    private const long FreeBytes = 16 << 20;

    private readonly long most = (long)Math.Min(limits.ExpandedBytes, Math.Max(FreeBytes, limits.Expansion * size));
    private long spent, entries;

    /// <summary>Nothing more of the source file is read.</summary>
    public bool IsExhausted { get; private set; }

    public bool TakeEntry()
    {
        if (++entries > limits.Entries) IsExhausted = true;
        return !IsExhausted;
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
                throw new RefusedException(DamageKind.Limit, $"its source file unpacks to more than {budget.most} bytes; what follows in it is left out. Raise limits.expansion or limits.unpacked_gigabytes where that is sound.");
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
