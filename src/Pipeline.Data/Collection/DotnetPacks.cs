using System.Runtime.InteropServices;

namespace Pipeline.Data.Collection;

/// <summary>The XML documentation that comes with the .NET SDK: <c>packs/*/*/ref/*/*.xml</c>.</summary>
public static class DotnetPacks
{
    /// <summary>Name relative to the dotnet root and absolute path of each file, sorted by name.</summary>
    /// <param name="root">The dotnet root; null finds the one at hand.</param>
    public static IReadOnlyList<(string Name, string Path)> Find(string? root = null)
    {
        root ??= Root();
        var files =
            from pack in Folders(Path.Combine(root, "packs"))
            from version in Folders(pack)
            from framework in Folders(Path.Combine(version, "ref"))
            from path in Directory.EnumerateFiles(framework, "*.xml")
            select (Name: Path.GetRelativePath(root, path).Replace('\\', '/'), Path: path);
        return [.. files.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    /// <summary>The folder that holds <c>dotnet</c> and its <c>packs</c>.</summary>
    /// <exception cref="InvalidDataException">None of the places has reference packs; the message lists them.</exception>
    public static string Root()
    {
        var places = new List<string>();
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } declared) places.Add(declared);
        places.Add(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var host = new FileInfo(Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
            if (host.Exists) places.Add(Path.GetDirectoryName(host.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? host.FullName)!);
        }

        return places.Select(Path.GetFullPath).FirstOrDefault(p => Folders(Path.Combine(p, "packs")).Any(pack => pack.EndsWith(".Ref", StringComparison.Ordinal)))
            ?? throw new InvalidDataException($"No reference packs (packs/*.Ref) beside dotnet: looked in {string.Join(", ", places.Select(Path.GetFullPath).Distinct())}. Install the .NET SDK or set DOTNET_ROOT to its folder.");
    }

    private static IEnumerable<string> Folders(string path) => Directory.Exists(path) ? Directory.EnumerateDirectories(path) : [];
}
