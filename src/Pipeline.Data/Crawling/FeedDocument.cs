using System.Globalization;
using System.Xml;
using CodeHollow.FeedReader;
using CodeHollow.FeedReader.Feeds;

namespace Pipeline.Data.Crawling;

/// <summary>An entry of a feed.</summary>
/// <param name="Address">Normalised; null where it has none.</param>
/// <param name="Published">ISO 8601, in UTC.</param>
internal sealed record FeedEntry(string? Address, string? Id, string? Title, string? Author, string? Published, string Html);

/// <summary>RSS, Atom or JSON Feed.</summary>
internal sealed record FeedDocument(string? Title, IReadOnlyList<FeedEntry> Entries)
{
    private const int MostDepth = 100;
    private const int MostEntries = 10_000;

    /// <exception cref="InvalidDataException">It is no feed.</exception>
    public static FeedDocument Parse(byte[] body, Uri address, IReadOnlyCollection<string> dropped)
    {
        Feed feed;
        try
        {
            Look(body);
            feed = FeedReader.ReadFromByteArray(body);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or InvalidDataException))
        {
            throw new InvalidDataException($"is no feed ({e.Message})", e);
        }

        var entries = feed.Items.Take(MostEntries).Select(item => new FeedEntry(
            item.Link is { Length: > 0 } link ? WebAddress.Normalize(link, address, dropped)?.AbsoluteUri : null,
            Some(item.Id), Some(item.Title), Some(item.Author),
            (item.PublishingDate ?? (item.SpecificItem as AtomFeedItem)?.UpdatedDate) is { } date ? DateTime.SpecifyKind(date, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : null,
            Some(item.Content) ?? Some(item.Description) ?? ""));
        return new(Some(feed.Title), [.. entries]);
    }

    public static IReadOnlyList<string> LinksOf(byte[] body, Uri address, IReadOnlyCollection<string> dropped) =>
        [.. Parse(body, address, dropped).Entries.Select(e => e.Address).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>What the library would take as it comes: entities that multiply, and elements in elements without end.</summary>
    private static void Look(byte[] body)
    {
        if (body.AsSpan().IndexOf("<!ENTITY"u8) >= 0) throw new InvalidDataException("declares entities, which a feed has no need of");
        if (body.AsSpan().TrimStart("\ufeff \t\r\n"u8) is not [(byte)'<', ..]) return;
        using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        while (reader.Read())
            if (reader.Depth > MostDepth) throw new InvalidDataException("has elements in one another without end");
    }

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
