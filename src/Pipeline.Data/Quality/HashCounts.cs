namespace Pipeline.Data.Quality;

/// <summary>Counts of hashes in one flat table that is emptied in constant time.</summary>
internal sealed class HashCounts
{
    private Slot[] slots = new Slot[1024];
    private int round;

    /// <param name="most">Of different hashes that will be added.</param>
    public void Clear(int most)
    {
        var size = slots.Length;
        while (size < 2L * most) size *= 2;
        if (size > slots.Length || round == int.MaxValue) (slots, round) = (new Slot[size], 0);
        round++;
    }

    /// <summary>How many there are of it now.</summary>
    public int Add(ulong hash) => slots[PlaceOf(hash)].Count;

    /// <summary>Adds it, and says where its count is.</summary>
    public int PlaceOf(ulong hash)
    {
        var place = Find(hash);
        ref var slot = ref slots[place];
        if (slot.Round == round) slot.Count++;
        else slot = new() { Hash = hash, Count = 1, Round = round };
        return place;
    }

    /// <summary>The count at a place.</summary>
    public int At(int place) => slots[place].Count;

    public int this[ulong hash] => slots[Find(hash)] is var slot && slot.Round == round ? slot.Count : 0;

    private int Find(ulong hash)
    {
        var mask = slots.Length - 1;
        var place = (int)(hash >> 20) & mask;
        while (slots[place].Round == round && slots[place].Hash != hash) place = (place + 1) & mask;
        return place;
    }

    private struct Slot
    {
        public ulong Hash;
        public int Count;
        public int Round;
    }
}
