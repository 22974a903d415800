using System.Text;
using Pipeline.Data.Collection.Containers;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>One file (or file in an archive) as a format reads it.</summary>
/// <param name="Name">Becomes the documents' source.</param>
/// <param name="Content">At its beginning. Can seek where it is a file on disk.</param>
/// <param name="From">Where to begin: the beginning, or a place that a record of this very file gave as its <see cref="RawRecord.Next"/>.</param>
internal sealed record Input(string Name, Stream Content, Restart From, CollectionOptions Options)
{
    /// <summary>Lines from <see cref="From"/> on.</summary>
    public LineReader Lines()
    {
        var lines = LinesFromStart();
        lines.SkipTo(From.Offset);
        return lines;
    }

    /// <summary>All lines, in UTF-8 where a byte order mark says that they are in another encoding; offsets are then those of the UTF-8.</summary>
    public LineReader LinesFromStart()
    {
        var stream = PeekedStream.Of(Content, 4, out var head);
        foreach (var wide in (ReadOnlySpan<Encoding>)[Encoding.UTF32, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (!head.AsSpan().StartsWith(wide.Preamble)) continue;
            return new(Encoding.CreateTranscodingStream(stream, wide, Encoding.UTF8, leaveOpen: true), Options.Limits.RecordBytes);
        }

        return new(stream, Options.Limits.RecordBytes);
    }

    /// <summary>For formats that cannot be read piece by piece.</summary>
    public HeldContent Hold()
    {
        var most = Options.Limits.FileBytes;
        return Content.CanSeek && Content.Length > most
            ? throw OverLimit.File(Options.Limits, $"has {Content.Length} bytes")
            : new(Spool.Copy(Content, Options.Scratch, most) ?? throw OverLimit.File(Options.Limits, $"has more than {most} bytes"));
    }
}
