using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Artifacts;

/// <summary>The content of an artifact as rows of JSON: what <c>artifacts cat</c> prints.</summary>
public static class ArtifactRows
{
    /// <summary>One JSON object a row. Kinds without rows of their own give one row per file.</summary>
    public static IEnumerable<string> Read(Type kind, Artifact artifact) =>
        artifact.LocateAll().SelectMany(file => Path.GetExtension(file.Name) switch
        {
            ".parquet" when ArtifactKind.Fits(kind, typeof(Documents)) => DocumentReader.ReadAsync([file]).Select(DocumentJson.Line).ToBlockingEnumerable(),
            ".jsonl" => File.ReadLines(file.Path),
            ".json" => [CanonicalJson.Text(System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file.Path)))],
            _ => [FileRow(file.Name, artifact)],
        });

    private static string FileRow(string name, Artifact artifact)
    {
        var file = artifact.Files.First(f => f.Path == name);
        return CanonicalJson.Text(new System.Text.Json.Nodes.JsonObject { ["file"] = file.Path, ["size"] = file.Size, ["sha256"] = file.Sha256 });
    }
}
