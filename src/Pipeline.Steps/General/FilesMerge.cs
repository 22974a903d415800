using System.ComponentModel;
using Microsoft.Extensions.FileSystemGlobbing;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.General;

/// <summary>Brings the files of several artifacts together, with small ones written in the pipeline itself.</summary>
public sealed class FilesMerge : Step<FilesMerge.With, FilesMerge.Given, FilesMerge.Made>
{
    public sealed record With
    {
        [Description("Which files to take from the inputs: globs over their names inside the artifact.")]
        public IReadOnlyList<string> Take { get; init; } = ["**"];

        [Description("Files to add, by name: a text each.")]
        public IReadOnlyDictionary<string, string> Add { get; init; } = new Dictionary<string, string>();
    }

    public sealed record Given
    {
        [Description("Artifacts whose files are taken, each under a folder of its own name.")]
        public ArtifactList<Files> Files { get; init; } = new([]);
    }

    public sealed record Made
    {
        [Description("All of them together.")]
        public required Output<Files> Files { get; init; }
    }

    public override string Name => "files.merge";
    public override int Version => 1;
    public override string Description => "Brings the files of several artifacts together, each under a folder of its own name, and adds small files written in the pipeline.";

    protected override IEnumerable<(string Option, string Message)> Check(With with) =>
        from name in with.Add.Keys
        where name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..")
        select ("add", $"'{name}' is not a name inside the artifact: use a relative path without '..'");

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var taken = new Matcher(StringComparison.Ordinal);
        taken.AddIncludePatterns(with.Take);
        foreach (var entry in inputs.Files.Entries)
        {
            foreach (var (name, path) in entry.Artifact.LocateAll().Where(f => taken.Match(f.Name).HasMatches)) Write(Path.Combine(entry.Name, name), target => File.Copy(path, target));
        }

        foreach (var (name, text) in with.Add) Write(name, target => File.WriteAllText(target, text));
        return Task.CompletedTask;

        void Write(string name, Action<string> write)
        {
            var target = outputs.Files[name];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            write(target);
        }
    }
}
