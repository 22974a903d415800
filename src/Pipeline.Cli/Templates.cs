using System.Reflection;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli;

/// <summary>The folders that <c>init</c> makes, kept as resources of this program.</summary>
internal static class Templates
{
    /// <summary>The files of a template: path and text, with its words replaced in both.</summary>
    public static IReadOnlyList<(string Path, string Text)> Files(string template, params IReadOnlyList<(string Word, string By)> words)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var start = $"template/{template}/";
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith(start, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => (Replaced(n[start.Length..]), Replaced(Text(n))))];

        string Text(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }

        string Replaced(string text) => words.Aggregate(text, (made, word) => made.Replace(word.Word, word.By, StringComparison.Ordinal));
    }

    /// <summary>Writes files that are not there yet: all of them or none.</summary>
    /// <exception cref="WrongInputException">One of them is there already.</exception>
    public static void Write(string folder, IReadOnlyList<(string Path, string Text)> files)
    {
        var targets = files.Select(f => (Path: System.IO.Path.Combine(folder, f.Path), f.Text)).ToList();
        var there = targets.Where(f => File.Exists(f.Path) || Directory.Exists(f.Path)).Select(f => f.Path).ToList();
        if (there.Count > 0) throw new WrongInputException($"{string.Join(", ", there)} {(there.Count == 1 ? "is" : "are")} there already; nothing was written. Choose another folder.");
        if (File.Exists(folder)) throw new WrongInputException($"'{folder}' is a file; nothing was written. Name a folder.");
        var written = new List<string>();
        try
        {
            foreach (var (path, text) in targets)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                written.Add(path);
                AtomicFile.Write(path, text);
            }
        }
        catch
        {
            foreach (var path in written) File.Delete(path);
            throw;
        }
    }
}
