using System.IO.Hashing;
using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>
/// Cuts every run of bytes of a given length or more that occurred before. A run of L bytes or more is repeated where each of its windows of L bytes is, so what a suffix array would find (Lee et al.,
/// arXiv:2107.06499) is found by comparing windows: those of places that occur once are left out, whole spans of windows are compared before single ones, and all comparing is sorting on disk.
/// Windows are the same where 128 bits of XXH3 are.
/// </summary>
internal sealed class RepeatedSubstrings(int length, ShardWork work)
{
    /// <param name="folder">Where shards are written that outlive the work.</param>
    public static async Task<(IReadOnlyList<DocumentShard> Shards, FunnelRule Rule)> CutAsync(IReadOnlyList<DocumentShard> shards, int length, ShardWork work, string folder)
    {
        var search = new RepeatedSubstrings(length, work);
        var places = await ShardRecords<Place>.OfAsync(shards, "anchor", $"bytes={length}", search.Collector, work);
        var corpus = places.Corpus;
        using var cuts = new ExternalSort<Cut>(work.Space(4), "substring-cuts");
        ShardRuns<Place>? runs = null;
        var (_, found) = await work.FindAsync("substring-comparison", $"{corpus.Digest} bytes={length}", async () => runs = await places.SortAsync<Place>("anchors", (records, all) => all.AddRange(records)), async all =>
        {
            using var shared = search.Shared(all);
            using var single = await search.CompareSpansAsync(corpus, shared, cuts);
            await search.CompareWindowsAsync(corpus, single, cuts);
            return (0, search.Merged(cuts.Sorted()));
        });
        runs?.Delete();
        var edits = corpus.ByShard(found, c => c.Document)
            .Select(s => (corpus.Shards[s.Shard], s.Items.ConvertAll(c => c with { Document = c.Document - corpus.FirstOf(s.Shard) })));
        var left = await EditedShards.OfAsync(edits, "substring", work with { Scratch = folder }, inBytes: true);
        return (left.Shards, new("repeated substrings", $"{length} bytes or more", corpus.Count, corpus.Count - left.Dropped, corpus.Characters, corpus.Characters - left.Removed, left.Changed, left.Samples));
    }

    private Action<Document, int, List<Place>> Collector()
    {
        var anchors = new List<Anchor>();
        return (document, number, places) =>
        {
            Winnowing.AnchorsOf(Encoding.UTF8.GetBytes(document.Text), length, anchors);
            foreach (var anchor in anchors)
            {
                // A place whose hash comes again in its own windows counts as two.
                places.Add(new(anchor.Hash, number, anchor.At));
                if (anchor.Recurs) places.Add(new(anchor.Hash, number, anchor.At));
            }
        };
    }

    /// <summary>The places whose hash occurs more than once, by document.</summary>
    private ExternalSort<Cut> Shared(ShardRuns<Place> all)
    {
        var shared = new ExternalSort<Cut>(work.Space(4), "shared");
        Place? before = null;
        var alone = true;
        foreach (var place in all.Sorted(share: 2))
        {
            var same = before is { } b && b.Hash == place.Hash;
            if (same && alone) Share(before!.Value);
            if (same) Share(place);
            (before, alone) = (place, !same);
        }

        return shared;

        void Share(Place place) => shared.Add(new Cut(place.Document, place.At, place.At));
    }

    /// <summary>Cuts spans of windows that occurred before as a whole. Returns those whose windows have to be looked at one by one.</summary>
    private async Task<ExternalSort<Cut>> CompareSpansAsync(Corpus corpus, ExternalSort<Cut> shared, ExternalSort<Cut> cuts)
    {
        using var spans = new ExternalSort<Span>(work.Space(4), "spans");
        await ForEachAsync(corpus, shared.Sorted(), (first, number, text, own) =>
        {
            var (anchors, found, next) = (new List<Anchor>(), new List<Span>(), 0);
            Winnowing.AnchorsOf(text, length, anchors);
            foreach (var anchor in anchors)
            {
                while (next < own.Count && own[next].From < anchor.At) next++;
                if (next == own.Count || own[next].From != anchor.At) continue;
                var bytes = text.AsSpan(anchor.From, anchor.Windows + length - 1);
                found.Add(new(anchor.Hash, XxHash128.HashToUInt128(bytes), first + number, anchor.From, anchor.From + bytes.Length, anchor.Recurs));
            }

            spans.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(found));
        });

        var single = new ExternalSort<Cut>(work.Space(4), "single");
        Span? before = null;
        Span? copy = null;
        var pending = false;
        foreach (var span in spans.Sorted())
        {
            var sameAnchor = before is { } b && b.Anchor == span.Anchor;
            if (copy is { } kept && sameAnchor && kept.Content == span.Content && !(kept.Document == span.Document && span.From < kept.To))
                cuts.Add(new Cut(span.Document, span.From, span.To));
            else
            {
                if (sameAnchor && pending) Look(copy!.Value);
                var again = sameAnchor && copy is { } k && k.Content == span.Content;
                pending = !sameAnchor && !span.Recurs;
                if (!pending) Look(span);
                if (!again) copy = span;
            }

            before = span;
        }

        return single;

        void Look(Span span) => single.Add(new Cut(span.Document, span.From, span.To));
    }

    private async Task CompareWindowsAsync(Corpus corpus, ExternalSort<Cut> single, ExternalSort<Cut> cuts)
    {
        using var windows = new ExternalSort<KeyedPlace>(work.Space(2), "windows");
        await ForEachAsync(corpus, single.Sorted(), (first, number, text, own) =>
        {
            foreach (var span in own)
            {
                var found = new KeyedPlace[span.To - span.From - length + 1];
                for (var i = 0; i < found.Length; i++) found[i] = new(XxHash128.HashToUInt128(text.AsSpan(span.From + i, length)), first + number, span.From + i);
                windows.Add(found);
            }
        });

        KeyedPlace? copy = null;
        foreach (var window in windows.Sorted())
        {
            if (copy is { } kept && kept.Key == window.Key)
            {
                // Where a text repeats itself without a break the first copy stays whole.
                var from = kept.Document == window.Document ? Math.Max(window.At, kept.At + length) : window.At;
                if (from < window.At + length) cuts.Add(new Cut(window.Document, from, window.At + length));
            }
            else copy = window;
        }
    }

    /// <summary>Calls with each document that has an item: the number of the shard's first document, its own number in it, its text as UTF-8, its items.</summary>
    private async Task ForEachAsync(Corpus corpus, IEnumerable<Cut> sorted, Action<int, int, byte[], List<Cut>> use)
    {
        await foreach (var _ in corpus.ByShard(sorted, c => c.Document).Where(s => s.Items.Count > 0).SelectInOrderAsync(work.Workers, ReadAsync, work.Cancellation))
        {
        }

        async Task<int> ReadAsync((int Shard, List<Cut> Items) shard)
        {
            var (first, number, at) = (corpus.FirstOf(shard.Shard), 0, 0);
            await foreach (var document in corpus.Shards[shard.Shard].ReadAsync(work.Cancellation))
            {
                var start = at;
                while (at < shard.Items.Count && shard.Items[at].Document == first + number) at++;
                if (at > start) use(first, number, Encoding.UTF8.GetBytes(document.Text), shard.Items.GetRange(start, at - start));
                number++;
            }

            return number;
        }
    }

    /// <summary>Cuts that overlap or touch as one: windows cut a byte further each.</summary>
    private IEnumerable<Cut> Merged(IEnumerable<Cut> cuts)
    {
        Cut? open = null;
        foreach (var cut in cuts)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            if (open is { } o && o.Document == cut.Document && cut.From <= o.To) open = o with { To = Math.Max(o.To, cut.To) };
            else
            {
                if (open is { } done) yield return done;
                open = cut;
            }
        }

        if (open is { } last) yield return last;
    }

    private readonly record struct Place(ulong Hash, int Document, int At) : IShardRecord<Place>
    {
        public Place From(int first) => this with { Document = Document + first };

        public int CompareTo(Place other)
        {
            var order = Hash.CompareTo(other.Hash);
            if (order == 0) order = Document.CompareTo(other.Document);
            return order == 0 ? At.CompareTo(other.At) : order;
        }
    }

    /// <summary>The bytes of an anchor's windows.</summary>
    private readonly record struct Span(ulong Anchor, UInt128 Content, int Document, int From, int To, bool Recurs) : IComparable<Span>
    {
        public int CompareTo(Span other)
        {
            var order = Anchor.CompareTo(other.Anchor);
            if (order == 0) order = Content.CompareTo(other.Content);
            if (order == 0) order = Document.CompareTo(other.Document);
            return order == 0 ? From.CompareTo(other.From) : order;
        }
    }

    private readonly record struct KeyedPlace(UInt128 Key, int Document, int At) : IComparable<KeyedPlace>
    {
        public int CompareTo(KeyedPlace other)
        {
            var order = Key.CompareTo(other.Key);
            if (order == 0) order = Document.CompareTo(other.Document);
            return order == 0 ? At.CompareTo(other.At) : order;
        }
    }
}
