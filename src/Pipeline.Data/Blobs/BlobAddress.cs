namespace Pipeline.Data.Blobs;

/// <summary><c>az://ACCOUNT/CONTAINER/PREFIX</c> or <c>s3://BUCKET/PREFIX</c>.</summary>
/// <param name="Account">Empty for S3.</param>
/// <param name="Container">Or bucket.</param>
public sealed record BlobAddress(string Scheme, string Account, string Container, string Prefix)
{
    public const string Forms = "az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX";

    /// <summary>Of all that is there, without the prefix.</summary>
    public string Root => Scheme == "s3" ? $"s3://{Container}/" : $"az://{Account}/{Container}/";

    /// <summary>Null for what is none, and where a key or signature stands in it.</summary>
    public static BlobAddress? Parse(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0 || text[..colon] is not ("az" or "s3") || text.AsSpan().ContainsAny('?', '#') || text.AsSpan().ContainsAnyInRange('\0', '\u001f')) return null;
        var parts = text[(colon + 3)..].Split('/', text.StartsWith("s3", StringComparison.Ordinal) ? 2 : 3);
        if (parts.Take(parts.Length > 2 ? 2 : 1).Any(p => !IsName(p)) || (text[0] == 'a' && (parts.Length < 2 || !IsName(parts[1])))) return null;
        return text[0] == 's' ? new("s3", "", parts[0], parts.ElementAtOrDefault(1) ?? "") : new("az", parts[0], parts[1], parts.ElementAtOrDefault(2) ?? "");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 255 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_' or '$');
}
