using System.Security.Cryptography;

namespace Pipeline.Data.Collection;

/// <summary>Named fields of a record or message; names in any case, the first of a name counts.</summary>
internal class HeaderFields
{
    private readonly Dictionary<string, string> fields = new(StringComparer.OrdinalIgnoreCase);

    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <summary>A line that is no field, such as a version, is passed over.</summary>
    public void Add(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0) fields.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
    }
}

internal sealed class WarcHeaders : HeaderFields
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public string Type => this["WARC-Type"] ?? "";

    /// <summary>Whether a block has the digest stated, where that is one that can be checked.</summary>
    public bool Matches(byte[] block)
    {
        if (this["WARC-Block-Digest"] is not { } stated || !stated.StartsWith("sha1:", StringComparison.OrdinalIgnoreCase) || stated.Length != 5 + 32) return true;
#pragma warning disable CA5350 // The standard's digest is against accidents and not against forgery.
        return stated.AsSpan(5).Equals(InBase32(SHA1.HashData(block)), StringComparison.OrdinalIgnoreCase);
#pragma warning restore CA5350
    }

    private static string InBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length * 8 / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text[i] = Base32[(pair >> (11 - (bit % 8))) & 31];
        }

        return new(text);
    }
}
