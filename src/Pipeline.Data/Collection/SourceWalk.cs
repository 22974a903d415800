using Pipeline.Data.Collection.Containers;
using Pipeline.Data.Damages;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>A record, the file that it is of, and where to go on after it.</summary>
/// <param name="Format">Null for what is in no format that can be read.</param>
internal sealed record PlacedRecord(string Source, FileFormat? Format, RawRecord Record, Position Next);

/// <summary>All records of one source file with all that lies in it, in order, from a position on. What fails is a record that says so; the walk goes on with what is intact.</summary>
internal sealed class SourceWalk(CollectionOptions options, Position from)
{
    private UnpackBudget budget = new(options.Limits, 0);
    private int leaf = -1;

    public IEnumerable<PlacedRecord> Read(string source, Stream content)
    {
        budget = new(options.Limits, content.CanSeek ? content.Length : 0);
        return File(source, options.Origin?.FileName ?? source, content, 0);
    }

    /// <param name="name">What its extension is looked for in: the source, without the ending of a compressed file.</param>
    private IEnumerable<PlacedRecord> File(string source, string name, Stream content, int depth)
    {
        var stream = PeekedStream.Of(content, Formats.HeadBytes, out var head);
        var named = Container.Named(name);
        var (format, container) = Kind(named?.Inner ?? name, depth == 0 ? options.Origin?.ContentType : null, head);
        if (container is not null) return Unpacked(source, named?.Container == container ? named.Value.Inner : name, container, stream, depth);
        if (format is not null) return Leaf(source, format.Name, stream, format.Cut);
        return named is { } claim
            ? Failed(source, new InvalidDataException($"is no {claim.Container.Name} file, though its name says so."))
            : Failed(source, new RefusedException(DamageKind.Unknown, "is in no known format; set `format` where it is one."));
    }

    /// <summary>By the format given, else by the extension where the content does not speak against it, else by content; any text is text.</summary>
    /// <param name="contentType">As a server said; it goes before the extension, but where it says no more than that it is text.</param>
    private (Format?, Container?) Kind(string name, string? contentType, ReadOnlySpan<byte> head)
    {
        var served = Formats.ByMediaType(contentType);
        List<Format> named = options.Format is { } given ? [Formats.Of(given)] : served is { Name: not FileFormat.Text } ? [served] : [.. Formats.ByExtension(name), .. served is null ? [] : new[] { served }];
        foreach (var format in named)
            if (format.Sniff is not null && format.Sniff(head)) return (format, null);
        foreach (var container in Container.All)
            if (container.Sniff(head)) return (null, container);
        if (options.Format is not null) return (named[0], null);
        if (named.Find(f => f.Sniff is null) is { } any) return (any, null);
        return (Formats.BySniffing(head) ?? named.FirstOrDefault() ?? (TextDecoder.IsText(head) ? Formats.Of(FileFormat.Text) : null), null);
    }

    private IEnumerable<PlacedRecord> Unpacked(string source, string name, Container container, Stream content, int depth)
    {
        if (depth >= options.Limits.Depth)
        {
            foreach (var record in Failed(source, OverLimit.Depth(options.Limits))) yield return record;
            yield break;
        }

        var any = false;
        foreach (var (entry, fault) in Entries(container, content))
        {
            any = true;
            var failure = fault;
            var beyond = budget.TakeEntry();
            failure ??= beyond;
            var path = entry?.Path is { } given ? Entry.Safe(given) : null;
            var inner = entry?.Path is null ? source : $"{source}!/{path ?? entry.Path}";
            if (entry?.Path is { Length: > 0 } && path is null) failure ??= new RefusedException(DamageKind.Refused, "names a place outside its archive.");
            IEnumerable<PlacedRecord> records;
            Stream? stream = null;
            try
            {
                if (failure is null) stream = budget.Metered(entry!.Open());
                records = stream is null ? Failed(entry?.Path is { Length: > 0 } ? inner : source, failure!) : File(inner, entry!.Path is null ? name : path!, stream, depth + 1);
            }
            catch (Exception e) when (Faults.IsDamage(e))
            {
                records = Failed(entry?.Path is { Length: > 0 } ? inner : source, e);
            }

            using (stream)
            {
                foreach (var record in records) yield return record;
            }

            if (budget.IsExhausted) yield break;
        }

        if (any) yield break;
        foreach (var record in Leaf(source, null, Stream.Null, _ => [])) yield return record;
    }

    /// <summary>What lies in a container, and last what ended it before its time.</summary>
    private IEnumerable<(Entry? Entry, Exception? Failure)> Entries(Container container, Stream content)
    {
        Stream? seekable = null;
        IEnumerator<Entry>? entries = null;
        try
        {
            for (Exception? failure = null; failure is null;)
            {
                Entry? entry = null;
                try
                {
                    seekable ??= container.Seeks ? Spool.Seekable(content, options.Scratch) : content;
                    entries ??= container.Read(seekable, options.Limits).GetEnumerator();
                    if (entries.MoveNext()) entry = entries.Current;
                }
                catch (Exception e) when (Faults.IsDamage(e))
                {
                    failure = e;
                }

                if (entry is null && failure is null) yield break;
                yield return (entry, failure);
            }
        }
        finally
        {
            if (entries is not null) Faults.Ignored(entries.Dispose);
            if (seekable != content) seekable?.Dispose();
        }
    }

    private IEnumerable<PlacedRecord> Failed(string source, Exception why) => Leaf(source, null, Stream.Null, _ => throw why);

    private IEnumerable<PlacedRecord> Leaf(string source, FileFormat? format, Stream content, Func<Input, IEnumerable<RawRecord>> cut)
    {
        leaf++;
        if (leaf < from.Leaf)
        {
            // Not parsed, but unpacked: limits must be reached where they were the first time.
            Drain(content);
            yield break;
        }

        var (restart, skip, since) = leaf == from.Leaf ? (from.Restart, from.Skip, 0L) : (Restart.Start, 0L, 0L);
        var (isNew, any) = (restart == Restart.Start && skip == 0, false);
        foreach (var record in Guarded(() => cut(new(source, content, restart, options))))
        {
            any = true;
            if (record.Next is { } next) (restart, since) = (next, 0);
            else since++;
            if (skip-- > 0) continue;
            yield return new(source, format, record, new(leaf, restart, since));
        }

        // That there is nothing in it is to be told as well.
        if (isNew && !any) yield return new(source, format, new("", 0, () => []), new(leaf, Restart.Start, 1));
        if (!content.CanSeek) Drain(content);
    }

    private static IEnumerable<RawRecord> Guarded(Func<IEnumerable<RawRecord>> cut)
    {
        IEnumerator<RawRecord>? records = null;
        try
        {
            for (var failed = false; !failed;)
            {
                RawRecord? record;
                try
                {
                    records ??= cut().GetEnumerator();
                    record = records.MoveNext() ? records.Current : null;
                }
                catch (Exception e) when (Faults.IsDamage(e))
                {
                    (record, failed) = (new("", 0, () => throw e), true);
                }

                if (record is null) yield break;
                yield return record;
            }
        }
        finally
        {
            if (records is not null) Faults.Ignored(records.Dispose);
        }
    }

    private static void Drain(Stream content)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (LineReader.PastGaps(content, buffer) > 0)
            {
            }
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            // Said where it was read, or of no interest where it was not.
        }
    }
}
