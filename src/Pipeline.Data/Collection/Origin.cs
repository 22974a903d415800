using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>Where a source file is from that was fetched, for its documents to say.</summary>
/// <param name="Url">Its address.</param>
/// <param name="FileName">What its extension is looked for in.</param>
public sealed record Origin(string Url, string FileName)
{
    /// <summary>As the server said, with parameters.</summary>
    public string? ContentType { get; init; }

    /// <summary>SPDX identifier of what says nothing of its own.</summary>
    public string? License { get; init; }

    /// <summary>As <see cref="Document.Robots"/>.</summary>
    public string Robots { get; init; } = "none";

    /// <summary>What is known of the file; it goes before what a document says of itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    internal Document Of(Document document)
    {
        var metadata = document.Metadata.ToDictionary();
        foreach (var (key, value) in Metadata) metadata[key] = value;
        return document with
        {
            // A page may say that it is another one; a row, that it is from elsewhere.
            Url = document.MediaType == "text/html" ? Url : document.Url ?? Url,
            License = License is not null && document.License == Document.UnknownLicense ? License : document.License,
            Robots = Robots,
            Metadata = metadata,
        };
    }
}
