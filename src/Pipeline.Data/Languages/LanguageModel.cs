using System.IO.Compression;
using System.Text;

namespace Pipeline.Data.Languages;

/// <summary>
/// What runs of letters say about languages. A run is known by 32 bits of a hash; each language that has it gains its log-probability there above that of a run never seen,
/// in steps of <see cref="Step"/> nats. Distilled from the n-gram models of Lingua (Apache-2.0) by <c>Pipeline.Benchmarks distil-languages</c>.
/// </summary>
public sealed class LanguageModel
{
    public const int LongestRun = 4;
    public const double Step = 0.06;
    private const uint Magic = 0x314D474C;
    private const int MostLanguages = 250, MostRuns = 1 << 22;

    private static readonly Lazy<LanguageModel> Embedded = new(() => Read(typeof(LanguageModel).Assembly.GetManifestResourceStream("languages.bin")!));

    /// <summary>An open table: the hash in the upper half, below it 24 bits of where its gains begin and 8 of how many there are, 0 where there is no run. One look has all.</summary>
    private readonly ulong[] slots;

    /// <summary>The language's place in the upper half, its gain in the lower.</summary>
    private readonly ushort[] gains;

    /// <param name="languages">BCP 47 tags.</param>
    /// <param name="entries">For each run's hash its languages, by their place, and gains.</param>
    public LanguageModel(IReadOnlyList<string> languages, IReadOnlyList<(uint Hash, IReadOnlyList<(byte Language, byte Gain)> Gains)> entries)
    {
        Languages = languages;
        Entries = [.. entries.OrderBy(e => e.Hash)];
        var size = 1024;
        while (size < entries.Count * 2) size *= 2;
        slots = new ulong[size];
        gains = [.. Entries.SelectMany(e => e.Gains.Select(g => (ushort)((g.Language << 8) | g.Gain)))];
        if (gains.Length >= 1 << 24) throw new InvalidDataException($"A language model cannot have {gains.Length} gains.");
        var start = 0;
        foreach (var (hash, own) in Entries)
        {
            if (own.Count == 0) continue;
            var slot = (int)(hash & (uint)(size - 1));
            while (slots[slot] != 0) slot = (slot + 1) & (size - 1);
            slots[slot] = ((ulong)hash << 32) | ((uint)start << 8) | (uint)own.Count;
            start += own.Count;
        }
    }

    /// <summary>The one that ships.</summary>
    public static LanguageModel Default => Embedded.Value;

    public IReadOnlyList<string> Languages { get; }

    private IReadOnlyList<(uint Hash, IReadOnlyList<(byte Language, byte Gain)> Gains)> Entries { get; }

    /// <summary>Of one to four UTF-16 units, the last in the lowest 16 bits.</summary>
    public static uint HashOf(ulong run) => (uint)(Deduplication.NormalizedWords.Mix(run) >> 32);

    /// <summary>Adds what a run says to the languages' scores, in steps; false where it says nothing.</summary>
    public bool Score(ulong run, Span<int> scores)
    {
        var hash = HashOf(run);
        var mask = slots.Length - 1;
        var slot = (int)(hash & (uint)mask);
        while (slots[slot] != 0 && (uint)(slots[slot] >> 32) != hash) slot = (slot + 1) & mask;
        if (slots[slot] == 0) return false;
        var found = (uint)slots[slot];
        foreach (var gain in gains.AsSpan((int)(found >> 8), (int)(found & 255))) scores[gain >> 8] += (byte)gain;
        return true;
    }

    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(new BrotliStream(stream, CompressionLevel.SmallestSize, leaveOpen: true), Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Languages.Count);
        foreach (var language in Languages) writer.Write(language);
        writer.Write(Entries.Count);
        var last = 0U;
        foreach (var (hash, _) in Entries)
        {
            writer.Write7BitEncodedInt64(hash - last);
            last = hash;
        }

        foreach (var (_, known) in Entries) writer.Write((byte)known.Count);
        foreach (var gain in gains) writer.Write((byte)(gain >> 8));
        foreach (var gain in gains) writer.Write((byte)gain);
    }

    /// <exception cref="InvalidDataException">It is none, or is cut short.</exception>
    public static LanguageModel Read(Stream stream)
    {
        try
        {
            using var reader = new BinaryReader(new BrotliStream(stream, CompressionMode.Decompress), Encoding.UTF8);
            if (reader.ReadUInt32() != Magic) throw new InvalidDataException("This is no language model.");
            string[] languages = new string[Within(reader.ReadInt32(), MostLanguages)];
            for (var i = 0; i < languages.Length; i++) languages[i] = reader.ReadString();
            var hashes = new uint[Within(reader.ReadInt32(), MostRuns)];
            var last = 0U;
            for (var i = 0; i < hashes.Length; i++) hashes[i] = last += (uint)reader.Read7BitEncodedInt64();
            var counts = reader.ReadBytes(hashes.Length);
            var total = counts.Sum(c => c);
            var (known, gain) = (reader.ReadBytes(total), reader.ReadBytes(total));
            var entries = new (uint, IReadOnlyList<(byte, byte)>)[hashes.Length];
            for (var (i, at) = (0, 0); i < hashes.Length; at += counts[i], i++)
            {
                var from = at;
                entries[i] = (hashes[i], [.. Enumerable.Range(from, counts[i]).Select(j => (known[j], gain[j]))]);
            }

            return new(languages, entries);
        }
        catch (Exception e) when (e is EndOfStreamException or IndexOutOfRangeException or FormatException or IOException)
        {
            throw new InvalidDataException($"This is no whole language model ({e.Message}).", e);
        }

        static int Within(int value, int most) => value >= 0 && value <= most ? value : throw new InvalidDataException($"A language model cannot have {value} of what there are {most} of at most.");
    }
}
