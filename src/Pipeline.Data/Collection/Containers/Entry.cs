using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection.Containers;

/// <summary>A file in a container, or the reason why it is not taken from there.</summary>
/// <param name="Path">As the archive has it; null for the one stream of a compressed file.</param>
/// <param name="Open">Its content, valid until the next entry is asked for; disposing it leaves the archive open. Throws where there is none to have.</param>
internal sealed record Entry(string? Path, Func<Stream> Open)
{
    private const int MostCharacters = 4096;

    public static Entry Refused(string? path, DamageKind kind, string why) => new(path, () => throw new RefusedException(kind, why));

    /// <summary>The path with plain slashes; null where it leads out of the archive, or is no path.</summary>
    public static string? Safe(string path)
    {
        var plain = path.Replace('\\', '/');
        while (plain.StartsWith("./", StringComparison.Ordinal)) plain = plain[2..];
        var absolute = plain.StartsWith('/') || (plain.Length > 1 && plain[1] == ':' && char.IsAsciiLetter(plain[0]));
        return plain.Length is 0 or > MostCharacters || absolute || plain.AsSpan().ContainsAnyInRange('\0', '\u001f') || plain.Split('/').Contains("..") ? null : plain;
    }
}
