using Pipeline.Data.Damages;
using Pipeline.Data.Readers;

namespace Pipeline.Data.Collection;

/// <summary>Which pages of a MediaWiki export are read.</summary>
public sealed record WikiSelection
{
    /// <summary>Numbers of namespaces; 0 is articles.</summary>
    public IReadOnlyList<int> Namespaces { get; init; } = [0];

    /// <summary>Also pages that only lead to others.</summary>
    public bool Redirects { get; init; }
}

/// <summary>A MediaWiki export, page by page.</summary>
internal static class WikiPages
{
    public static bool IsDump(ReadOnlySpan<byte> head) => Signatures.RootOf(head) is "mediawiki";

    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var most = input.Options.Limits.RecordBytes / sizeof(char);
        var wanted = input.Options.Wiki;
        foreach (var page in MediaWikiDump.Pages(input.Content, most))
        {
            if (!wanted.Namespaces.Contains(page.Namespace) || page.IsRedirect && !wanted.Redirects) continue;
            var where = $"page {page.Title}";
            yield return page.IsCut
                ? RawRecord.Damaged(where, OverLimit.Record(input.Options.Limits), kind: DamageKind.Limit)
                : new(where, page.Wikitext.Length * sizeof(char), () => [page.ToDocument(input.Name)]);
        }
    }
}
