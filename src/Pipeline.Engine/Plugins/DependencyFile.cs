using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Engine.Plugins;

/// <summary>The <c>deps.json</c> beside an assembly. It is checked here first: the runtime's own reader ends the process where something is missing in it.</summary>
internal static class DependencyFile
{
    private static readonly string[] Sections = ["runtime", "native", "resources", "runtimeTargets"];

    /// <summary>Names of the files that it lists, where a build lays them beside the assembly; null where there is no such file.</summary>
    /// <exception cref="PluginException">It is damaged.</exception>
    public static IReadOnlyList<string>? Assets(string assembly)
    {
        var file = Path.ChangeExtension(assembly, ".deps.json");
        if (!File.Exists(file)) return null;
        try
        {
            return Read(JsonNode.Parse(File.ReadAllBytes(file))!.AsObject());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or KeyNotFoundException)
        {
            throw new PluginException($"has a damaged {Path.GetFileName(file)} beside it", "build it again", e);
        }
    }

    private static List<string> Read(JsonObject root)
    {
        var target = Text(root["runtimeTarget"] is JsonObject named ? named["name"] : root["runtimeTarget"]);
        foreach (var (_, library) in root["libraries"]!.AsObject())
        {
            _ = (Text(library!["type"]), Text(library["sha512"]), library["serviceable"]!.GetValue<bool>());
            foreach (var optional in new[] { "path", "hashPath", "runtimeStoreManifestName" }) _ = library[optional] is { } text ? Text(text) : "";
        }

        var assets = new List<string>();
        foreach (var (_, library) in root["targets"]!.AsObject()[target]!.AsObject())
        {
            foreach (var section in Sections)
            {
                foreach (var (path, about) in library!.AsObject()[section]?.AsObject() ?? [])
                {
                    foreach (var version in new[] { "assemblyVersion", "fileVersion" }) _ = about!.AsObject()[version] is { } text ? Text(text) : "";
                    if (section == "runtimeTargets") _ = (Text(about!["rid"]), Text(about["assetType"]));
                    // A build lays files beside the assembly by their bare names, resources in a folder a language; files of a runtime keep their path.
                    assets.Add(section switch { "runtimeTargets" => path, "resources" => $"{Text(about!["locale"])}/{Path.GetFileName(path)}", _ => Path.GetFileName(path) });
                }
            }
        }

        return assets;
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
