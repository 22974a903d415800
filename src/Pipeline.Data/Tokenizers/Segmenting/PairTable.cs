namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>Numbers pairs of ids from 0 in the order they are added. Open addressing: .NET's dictionary hashes a pair to the exclusive or of its halves, which for ids are few values.</summary>
internal sealed class PairTable(int capacity = 16)
{
    private ulong[] keys = new ulong[Math.Max(16, capacity)];
    private int[] slots = NewSlots(capacity);

    public int Count { get; private set; }

    /// <summary>The pair of a number.</summary>
    public ulong this[int number] => keys[number];

    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The number of a pair, or -1.</summary>
    public int Find(ulong key)
    {
        for (var slot = Slot(key); ; slot = (slot + 1) & (slots.Length - 1))
        {
            var number = slots[slot] - 1;
            if (number < 0 || keys[number] == key) return number;
        }
    }

    public int Add(ulong key)
    {
        var slot = Slot(key);
        for (; slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (keys[slots[slot] - 1] == key) return slots[slot] - 1;
        }

        if (Count == keys.Length) Array.Resize(ref keys, keys.Length * 2);
        keys[Count] = key;
        slots[slot] = ++Count;
        if (Count * 2 > slots.Length) Grow();
        return Count - 1;
    }

    private void Grow()
    {
        slots = new int[slots.Length * 2];
        for (var number = 0; number < Count; number++)
        {
            var slot = Slot(keys[number]);
            while (slots[slot] != 0) slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = number + 1;
        }
    }

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> 32) & (slots.Length - 1);

    private static int[] NewSlots(int capacity) => new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 2))];
}
