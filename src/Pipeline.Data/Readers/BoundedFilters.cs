using System.IO.Compression;
using Pipeline.Data.Damages;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Data.Readers;

/// <summary>The library's filters of a PDF's streams, which unpack no more than is allowed and end once nobody waits for them.</summary>
/// <param name="most">Bytes of one stream.</param>
internal sealed class BoundedFilters(long most, Func<bool> isLeft) : IFilterProvider
{
    /// <summary>Deflate makes at most 1,032 bytes of one; what is smaller need not be measured.</summary>
    private const int MostExpansion = 1032;

    private static readonly IFilterProvider Filters = DefaultFilterProvider.Instance;

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) => Bounded(Filters.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) => Bounded(Filters.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(Filters.GetAllFilters());

    private IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters) => [.. filters.Select(f => new Filter(f, this))];

    private bool IsLeft => isLeft();

    private void Refuse(ReadOnlyMemory<byte> packed)
    {
        if (packed.Length <= most / MostExpansion) return;
        var (total, buffer) = (0L, new byte[1 << 16]);
        try
        {
            using var unpacked = new ZLibStream(new MemoryStream(packed.ToArray(), writable: false), CompressionMode.Decompress);
            while (unpacked.Read(buffer) is > 0 and var read)
                if ((total += read) > most) throw new RefusedException(DamageKind.Limit, $"has a stream that unpacks to more than {most} bytes");
        }
        catch (InvalidDataException)
        {
            // The library reads damaged streams as far as they go.
        }
    }

    private sealed class Filter(IFilter filter, BoundedFilters bounds) : IFilter
    {
        public bool IsSupported => filter.IsSupported;

        public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            if (bounds.IsLeft) throw new OperationCanceledException();
            if (filter is FlateFilter) bounds.Refuse(input);
            return filter.Decode(input, streamDictionary, filterProvider, filterIndex);
        }
    }
}
