using System.Diagnostics;
using CsCheck;
using Pipeline.Data.Collection;

namespace Pipeline.Data.Tests.Collection;

/// <summary>Mutations of a sound file of every format and container: whatever comes of it is documents and counted damage, in bounded time and memory. A new format is fuzzed as soon as it is in the table.</summary>
public class FuzzTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(0.6);

    private static readonly CollectionOptions Tight = new() { Limits = new() { FileBytes = 4 << 20, RecordBytes = 1 << 20, ExpandedBytes = 16 << 20, Entries = 1000 } };

    public static TheoryData<FileFormat> Formats() => new(Enum.GetValues<FileFormat>());

    public static TheoryData<string> Containers() => new(Samples.Containers.Keys);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Any_mutation_of_a_file_is_documents_and_damage(FileFormat format)
    {
        Assert.True(Samples.Formats.ContainsKey(format), $"{format} has no sample: add a sound file of it to Samples.Formats.");
        var (name, content) = Samples.Formats[format];
        Fuzz(name, content, Tight with { Format = format });
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Any_mutation_of_a_container_is_documents_and_damage(string container)
    {
        var (name, content) = Samples.Containers[container];
        Fuzz(name, content, Tight);
    }

    [Fact]
    public void Sound_samples_give_documents_and_no_damage()
    {
        foreach (var (name, content) in Samples.Formats.Values.Concat(Samples.Containers.Values))
        {
            var found = Collect.All(name, content);
            Assert.True(found.Tally.Damages.Count == 0 && found.Documents.Count > 0, $"{name}: {found.Documents.Count} documents\n{string.Join('\n', found.Tally.Damages)}");
        }
    }

    private static void Fuzz(string name, byte[] content, CollectionOptions options)
    {
        var collector = new FileCollector(options);
        var (runs, taken, watch) = (0, 0L, Stopwatch.StartNew());
        // Edits: where, and what: a byte set, a bit flipped, a range removed, doubled or zeroed, the end cut off.
        var edit = Gen.Select(Gen.Double[0, 1], Gen.Int[0, 6], Gen.Int[1, 64], Gen.Byte);
        edit.Array[1, 6].Sample(edits =>
        {
            if (watch.Elapsed > Time) return;
            var mutated = edits.Aggregate(content, Mutate);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var found = collector.Read(name, new MemoryStream(mutated));
            taken = Math.Max(taken, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(found.Documents.Count == found.Tally.Documents && found.Tally.Damages.Count <= 100);
            runs++;
        }, iter: 400, threads: 1, seed: "0000KOIPipe4");
        Assert.True(runs > 0);
        // What a header claims must not decide how much memory is taken.
        Assert.True(taken < 128 << 20, $"{taken} bytes in one run");
    }

    private static byte[] Mutate(byte[] bytes, (double Where, int Kind, int Length, byte Value) edit)
    {
        if (bytes.Length == 0) return [edit.Value];
        var at = (int)(edit.Where * (bytes.Length - 1));
        var end = Math.Min(bytes.Length, at + edit.Length);
        var copy = (byte[])bytes.Clone();
        switch (edit.Kind)
        {
            case 0:
                copy[at] = edit.Value;
                return copy;
            case 1:
                copy[at] ^= (byte)(1 << (edit.Value & 7));
                return copy;
            case 2:
                return [.. bytes[..at], .. bytes[end..]];
            case 3:
                return [.. bytes[..end], .. bytes[at..]];
            case 4:
                copy.AsSpan(at, end - at).Clear();
                return copy;
            case 5:
                copy.AsSpan(at, end - at).Fill(0xff);
                return copy;
            default:
                return bytes[..at];
        }
    }
}
