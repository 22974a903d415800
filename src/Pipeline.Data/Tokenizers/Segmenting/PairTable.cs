namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>Numbers pairs of ids from 0 in the order they are added. Open addressing: .NET's dictionary hashes a pair to the exclusive or of its halves, which for ids are few values.</summary>
internal sealed class PairTable(int capacity = 16)
{
    private ulong[] keys = new ulong[Math.Max(16, capacity)];
    private Slot[] slots = NewSlots(capacity);

    public int Count { get; private set; }

    /// <summary>The pair of a number.</summary>
    public ulong this[int number] => keys[number];

    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The number of a pair, or -1.</summary>
    public int Find(ulong key)
    {
        for (var slot = First(key); ; slot = (slot + 1) & (slots.Length - 1))
        {
            ref var found = ref slots[slot];
            if (found.After == 0 || found.Key == key) return found.After - 1;
        }
    }

    public int Add(ulong key)
    {
        var slot = First(key);
        for (; slots[slot].After != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (slots[slot].Key == key) return slots[slot].After - 1;
        }

        if (Count == keys.Length) Array.Resize(ref keys, keys.Length * 2);
        keys[Count] = key;
        slots[slot] = new(key, ++Count);
        if (Count * 2 > slots.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        slots = new Slot[slots.Length * 2];
        for (var number = 0; number < Count; number++)
        {
            var slot = First(keys[number]);
            while (slots[slot].After != 0) slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = new(keys[number], number + 1);
        }
    }

    private int First(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> 32) & (slots.Length - 1);

    private static Slot[] NewSlots(int capacity) => new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 2))];

    /// <param name="After">One more than the number of the pair; 0 where there is none.</param>
    private readonly record struct Slot(ulong Key, int After);
}
