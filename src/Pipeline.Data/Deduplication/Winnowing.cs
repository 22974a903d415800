namespace Pipeline.Data.Deduplication;

/// <summary>A place that a text is known by, see <see cref="Winnowing"/>.</summary>
/// <param name="Hash">Of the few bytes from <paramref name="At"/>.</param>
/// <param name="From">The first of the windows that it stands for; one begins at each byte from there.</param>
/// <param name="Recurs">The same hash came again in one of those windows.</param>
internal readonly record struct Anchor(ulong Hash, int At, int From, int Windows, bool Recurs);

/// <summary>
/// Picks few places of a text so that equal windows have one of an equal hash: in each window the place whose next bytes have the smallest hash
/// (Schleimer, Wilkerson and Aiken 2003). One byte in about thirty-five is picked; in a run of one byte the same place serves as long as a window holds it.
/// </summary>
internal static class Winnowing
{
    private const int LongestGram = 32;
    private const ulong Base = 0x9E3779B97F4A7C15;

    /// <param name="window">Bytes of a window; a shorter text has none.</param>
    public static void AnchorsOf(ReadOnlySpan<byte> text, int window, List<Anchor> anchors)
    {
        anchors.Clear();
        if (text.Length < window) return;
        var gram = Math.Min(LongestGram, window / 2);
        var places = window - gram + 1;
        // The hashes of the places of one window, place p at p modulo their number.
        var hashes = new ulong[places];
        var (rolling, outgoing) = (0UL, 1UL);
        for (var i = 0; i < gram; i++)
        {
            rolling = (rolling * Base) + text[i] + 1;
            outgoing *= Base;
        }

        var (at, smallest, from, recurs) = (-1, 0UL, 0, false);
        for (int place = 0, slot = 0; place + gram <= text.Length; place++, slot = slot + 1 == places ? 0 : slot + 1)
        {
            if (place > 0) rolling = (rolling * Base) + text[place + gram - 1] + 1 - (outgoing * (text[place - 1] + 1UL));
            var hash = hashes[slot] = NormalizedWords.Mix(rolling);
            var start = place - places + 1;
            if (start < 0) continue;
            var (previous, before) = (at, smallest);
            if (at < start) (at, smallest) = Rightmost(hashes, start, place);
            else if (hash < smallest) (at, smallest) = (place, hash);
            else if (hash == smallest) recurs = true;
            if (at == previous || previous < 0) continue;
            anchors.Add(new(before, previous, from, start - from, recurs));
            (from, recurs) = (start, false);
        }

        anchors.Add(new(smallest, at, from, text.Length - window + 1 - from, recurs));
    }

    private static (int At, ulong Hash) Rightmost(ulong[] hashes, int start, int end)
    {
        var at = end;
        for (var place = end - 1; place >= start; place--)
            if (hashes[place % hashes.Length] < hashes[at % hashes.Length]) at = place;
        return (at, hashes[at % hashes.Length]);
    }
}
