using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>Cuts lines, paragraphs or runs of three sentences that occurred before, in the same document or one before it; equal are those that differ in white space and composition alone.</summary>
internal static class RepeatedParts
{
    /// <param name="folder">Where shards are written that outlive the work.</param>
    public static async Task<(IReadOnlyList<DocumentShard> Shards, FunnelRule Rule)> CutAsync(IReadOnlyList<DocumentShard> shards, PartRule rule, ShardWork work, string folder)
    {
        var name = rule.Part.ToString().ToLowerInvariant();
        var parts = await ShardRecords<RepeatablePart>.OfAsync(shards, name, $"words={rule.LeastWords}", () => Collector(rule), work);
        var (cuts, runs) = (new ExternalSort<Cut>(work.Space(2), name + "-cuts"), (ShardRuns<RepeatablePart>?)null);
        using var _ = cuts;
        var (_, found) = await work.FindAsync(name + "-comparison", $"{parts.Corpus.Digest} {rule}", async () => runs = await parts.SortAsync<RepeatablePart>(name, (records, all) => all.AddRange(records)), all =>
        {
            AddCuts(all.Sorted(share: 2), cuts);
            return Task.FromResult((0, cuts.Sorted()));
        });
        runs?.Delete();
        var corpus = parts.Corpus;
        var edits = corpus.ByShard(found, c => c.Document)
            .Select(s => (corpus.Shards[s.Shard], s.Items.ConvertAll(c => c with { Document = c.Document - corpus.FirstOf(s.Shard) })));
        var left = await EditedShards.OfAsync(edits, name, work with { Scratch = folder });
        var (title, threshold) = (rule.Part == TextPart.Sentences ? "repeated runs of sentences" : $"repeated {name}s", $"{rule.LeastWords} words or more");
        return (left.Shards, new(title, threshold, corpus.Count, corpus.Count - left.Dropped, corpus.Characters, corpus.Characters - left.Removed, left.Changed, left.Samples));
    }

    private static void AddCuts(IEnumerable<RepeatablePart> sorted, ExternalSort<Cut> cuts)
    {
        RepeatablePart? kept = null;
        foreach (var part in sorted)
        {
            if (kept is { } copy && copy.Hash == part.Hash)
            {
                // Where runs of sentences overlap themselves the first of them stays whole.
                var from = copy.Document == part.Document ? Math.Max(copy.To, part.From) : part.From;
                if (from < part.To) cuts.Add(new Cut(part.Document, from, part.To));
            }
            else kept = part;
        }
    }

    private static Action<Document, int, List<RepeatablePart>> Collector(PartRule rule)
    {
        var (ends, hashes) = (new List<int>(), new List<UInt128>());
        var row = rule.Part == TextPart.Sentences ? TextParts.SentencesInRow : 1;
        return (document, number, parts) =>
        {
            var text = document.Text;
            TextParts.EndsOf(text, rule.Part, ends);
            hashes.Clear();
            for (var i = 0; i < ends.Count; i++) hashes.Add(TextFingerprint.OfPart(text.AsSpan(StartOf(i), ends[i] - StartOf(i))));
            for (var i = 0; i + row <= ends.Count; i++)
            {
                var (from, to) = (StartOf(i), ends[i + row - 1]);
                if (!TextParts.HasWords(text.AsSpan(from, to - from), Math.Max(1, rule.LeastWords))) continue;
                var hash = row == 1 ? hashes[i] : XxHash128.HashToUInt128(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(hashes).Slice(i, row)));
                parts.Add(new(hash, number, from, to));
            }

            int StartOf(int part) => part == 0 ? 0 : ends[part - 1];
        };
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct RepeatablePart(UInt128 Hash, int Document, int From, int To) : IShardRecord<RepeatablePart>
    {
        RepeatablePart IShardRecord<RepeatablePart>.From(int first) => this with { Document = Document + first };

        public int CompareTo(RepeatablePart other)
        {
            var order = Hash.CompareTo(other.Hash);
            if (order == 0) order = Document.CompareTo(other.Document);
            return order == 0 ? From.CompareTo(other.From) : order;
        }
    }
}
