using Pipeline.Data.Damages;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Data.Readers;

/// <summary>The library's filters of a PDF's streams, which unpack no more than is allowed and end once nobody waits for them.</summary>
/// <param name="most">Bytes of one stream.</param>
internal sealed class BoundedFilters(long most, Func<bool> isLeft) : IFilterProvider
{
    private static readonly IFilterProvider Filters = DefaultFilterProvider.Instance;

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) => Bounded(Filters.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) => Bounded(Filters.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(Filters.GetAllFilters());

    private IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters) => [.. filters.Select(f => new Filter(f, this))];

    private bool IsLeft => isLeft();

    private void Refuse(IFilter filter, ReadOnlyMemory<byte> packed, DictionaryToken parameters)
    {
        // No text is a facsimile, and how large one is its parameters say and not its bytes.
        if (filter is CcittFaxDecodeFilter) throw new NotSupportedException("Facsimiles are not unpacked.");
        if (UnpackedBytes.Of(filter, packed, parameters, most) > most) throw new RefusedException(DamageKind.Limit, $"has a stream that unpacks to more than {most} bytes");
    }

    private sealed class Filter(IFilter filter, BoundedFilters bounds) : IFilter
    {
        public bool IsSupported => filter.IsSupported && filter is not CcittFaxDecodeFilter;

        public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            if (bounds.IsLeft) throw new OperationCanceledException();
            bounds.Refuse(filter, input, DecodeParameterResolver.GetFilterParameters(streamDictionary, filterIndex));
            return filter.Decode(input, streamDictionary, filterProvider, filterIndex);
        }
    }
}
