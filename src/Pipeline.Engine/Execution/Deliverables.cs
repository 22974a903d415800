using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Copies of artifacts that people open, outside the store.</summary>
public static class Deliverables
{
    private const string Marker = ".digest";

    public static bool Includes(OutputPort output) => output.IsDeliverable;

    /// <summary>Puts the newest version of an output where it can be found by name, and returns that folder: <c>.pipeline/latest/PIPELINE/STEP</c>.</summary>
    public static string Publish(EngineState state, PipelineDefinition definition, string step, ResultOutput output)
    {
        var folder = Path.Combine(state.Folder.Root, "latest", definition.Name, step);
        var marker = Path.Combine(folder, Marker);
        if (File.Exists(marker) && File.ReadAllText(marker) == output.Digest && output.Files.All(f => File.Exists(Path.Combine(folder, f.Path)))) return folder;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Copy(state.Store, output, folder);
        AtomicFile.Write(marker, output.Digest);
        return folder;
    }

    /// <summary>Writes the files of an artifact into a folder; what is there under the same name is replaced.</summary>
    public static void Copy(LocalStore store, ResultOutput output, string folder)
    {
        foreach (var file in output.Files)
        {
            var target = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(store.Locate(file), target, overwrite: true);
        }

        Directory.CreateDirectory(folder);
    }
}
