using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>MB of UTF-8 a second of CPU time, one thread, for each part of finding duplicates, on books, transcripts and the .NET documentation.</summary>
static class Duplicates
{
    public static async Task Compare(int rounds)
    {
        foreach (var (name, documents) in Corpora())
        {
            var bytes = documents.Sum(d => (long)Encoding.UTF8.GetByteCount(d.Text));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {documents.Count:N0} documents, {bytes / 1e6:F1} MB; median of {rounds}, MB/s of CPU time\n| what | MB/s |\n| --- | --- |"));
            var (words, shingles, bands) = (new List<ulong>(), new List<ulong>(), new ulong[MinHash.Bands]);
            var room = new ShingleRoom();
            Print("normalise: hashes of words", () => documents.ForEach(d => NormalizedWords.HashesOf(d.Text, words)));
            Print("normalise + shingle", () => documents.ForEach(d => room.Of(d.Text, Shingles.Words)));
            Print("normalise + shingle + MinHash (112 hashes)", () => documents.ForEach(d =>
            {
                var own = room.Of(d.Text, Shingles.Words);
                if (own.Length > 0) MinHash.BandsOf(own, bands);
            }));
            Print("exact: SHA-256 of normal form", () => documents.ForEach(d => TextFingerprint.Of(d.Text)));
            Print("signature: exact + MinHash", () => documents.ForEach(d => DocumentSignature.Of(d, near: true, null, room)));
            Print("13-grams", () => documents.ForEach(d => room.Of(d.Text, 13, partial: false)));
            using var folder = new TemporaryFolder();
            var from = folder["documents"];
            await DocumentShards.WriteAllAsync(from, documents);
            List<DocumentShard> shards = [.. DocumentReader.Shards(from).Select(s => new DocumentShard(s.Name, s.Path, s.Name))];
            await Whole("read of Parquet shards", async _ => await DocumentReader.ReadAllAsync(DocumentReader.Shards(from)));
            await Whole("whole: exact", work => Deduplicator.RunAsync(shards, new() { Near = false }, work));
            await Whole("whole: exact + near", work => Deduplicator.RunAsync(shards, new(), work));
            foreach (var part in Enum.GetValues<TextPart>()) await Whole($"whole: {part.ToString().ToLowerInvariant()}", work => Deduplicator.RunAsync(shards, new() { Exact = false, Near = false, Parts = [new(part, 5)] }, work));
            await Whole("whole: substring", work => Deduplicator.RunAsync(shards, new() { Exact = false, Near = false, Substring = 100 }, work));
            await Whole("whole: split and certificate", work => Partitioner.RunAsync(shards, new() { MaxClusterShare = 1 }, work));
            Console.WriteLine();

            void Print(string what, Action action) => Say(what, [.. Enumerable.Range(0, rounds + 1).Select(_ => Cpu(action)).Skip(1)]);

            async Task Whole(string what, Func<ShardWork, Task> action)
            {
                var times = new List<double>();
                for (var round = 0; round < rounds; round++)
                {
                    using var scratch = new TemporaryFolder();
                    var before = CpuSeconds;
                    try
                    {
                        await action(new() { Pieces = new NoPieces(scratch.Path), Scratch = scratch.Path, Memory = 256 << 20 });
                    }
                    catch (InvalidDataException e)
                    {
                        Console.WriteLine($"| {what} | {e.Message} |");
                        return;
                    }

                    times.Add(CpuSeconds - before);
                }

                Say(what, times);
            }

            void Say(string what, List<double> times) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {bytes / 1e6 / times.Order().ElementAt(times.Count / 2):F0} |"));
        }
    }

    static double CpuSeconds => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    static double Cpu(Action action)
    {
        var before = CpuSeconds;
        action();
        return Math.Max(1e-9, CpuSeconds - before);
    }

    static IEnumerable<(string Name, List<Document> Documents)> Corpora()
    {
        foreach (var name in (string[])["books", "transcripts"])
        {
            if (SharedData.Find(name) is not { } folder)
            {
                Console.WriteLine($"{name}: is not here");
                continue;
            }

            var texts = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".txt" or ".md" or ".vtt").Order(StringComparer.Ordinal)
                .Select(f => Document.Create(Path.GetFileName(f), File.ReadAllText(f))).ToList();
            if (texts.Count > 0) yield return (name, texts);
        }

        var collector = new FileCollector(new() { Format = FileFormat.DotnetXml });
        var packs = Path.Combine(DotnetPacks.Root(), "packs");
        yield return (".NET documentation", [.. Directory.EnumerateFiles(packs, "*.xml", SearchOption.AllDirectories).Where(f => f.Contains("/ref/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .SelectMany(f => collector.Read(Path.GetFileName(f), new MemoryStream(File.ReadAllBytes(f))).Documents)]);
    }
}
