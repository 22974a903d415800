using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Storage;

/// <summary>The files of an artifact, sorted by path. The SHA-256 of its canonical JSON is the artifact's digest.</summary>
public sealed class Manifest
{
    public Manifest(IEnumerable<ArtifactFile> files)
    {
        Files = [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
        Bytes = CanonicalJson.Bytes(Write);
        Digest = Sha256.Of(Bytes);
    }

    public IReadOnlyList<ArtifactFile> Files { get; }
    public byte[] Bytes { get; }
    public string Digest { get; }

    public long TotalBytes => Files.Sum(f => f.Size);

    /// <summary>As canonical JSON would have it: names in order. Without nodes in between, since some artifacts have a hundred thousand files.</summary>
    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("files");
        foreach (var file in Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("sha256", file.Sha256);
            json.WriteNumber("size", file.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">The text is no manifest, or names a file outside the artifact.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var files = JsonNode.Parse(bytes)!["files"]!.AsArray();
            var manifest = new Manifest(files.Select(f => new ArtifactFile((string)f!["path"]!, (long)f["size"]!, (string)f["sha256"]!)));
            foreach (var file in manifest.Files)
            {
                if (!IsInside(file.Path) || !Sha256.IsDigest(file.Sha256) || file.Size < 0) throw new InvalidDataException($"the entry '{file.Path}' is not a file inside an artifact");
            }

            return manifest;
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("not a manifest: " + e.Message, e);
        }
    }

    /// <summary>True for a relative path that stays inside its folder.</summary>
    public static bool IsInside(string path) =>
        path.Length > 0 && !Path.IsPathRooted(path) && !path.Contains('\\') && !path.Contains('\0') && path.Split('/').All(part => part is not ("" or "." or ".."));
}
