namespace Pipeline.Data.Crawling;

/// <summary>Why an address gave no document: words of the datasheet.</summary>
public static class Refusals
{
    public const string Robots = "robots", Scope = "scope", Depth = "depth", Pages = "pages", Bytes = "bytes", Time = "time", Redirects = "redirects", NoIndex = "noindex", Canonical = "canonical", Address = "address",
        PrivateAddress = "private_address", MediaType = "media_type", Size = "size", Timeout = "timeout", Connection = "connection", Encoding = "encoding", Status = "status",
        Segments = "trap_segments", Repeats = "trap_repeats", Queries = "trap_queries", Dates = "trap_dates", Links = "trap_links", Addresses = "trap_addresses";
}
