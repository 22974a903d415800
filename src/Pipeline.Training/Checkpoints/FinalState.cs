using System.Text.Json;

namespace Pipeline.Training.Checkpoints;

/// <summary>How a run stood when it had taken its last step, as files to keep: the checkpoint of that step and the log up to it. A longer run that begins with them gives the bits of one that was long from the start.</summary>
public static class FinalState
{
    const string Origin = "origin";

    /// <summary>Copies what a finished run left in its folder.</summary>
    /// <exception cref="InvalidDataException">The last checkpoint is damaged.</exception>
    public static void Write(string run, string target)
    {
        var checkpoints = new CheckpointFolder(Path.Combine(run, RunFiles.Checkpoints));
        var newest = checkpoints.Folder(checkpoints.NewestStep() ?? throw new InvalidDataException($"{run} has no checkpoint."));
        var state = CheckpointFolder.Verified(newest);
        Directory.CreateDirectory(target);
        foreach (var name in Files) File.Copy(Path.Combine(newest, name), Path.Combine(target, name), overwrite: true);
        using var log = File.OpenRead(Path.Combine(run, RunFiles.Log));
        using var upTo = File.Create(Path.Combine(target, RunFiles.Log));
        var bytes = new byte[state.LogLength];
        log.ReadExactly(bytes);
        upTo.Write(bytes);
    }

    /// <summary>Begins a run's folder with the final state of a shorter one, unless it stands there or further already. Killed half way it leaves the folder as it was, or empty.</summary>
    /// <param name="locate">From a file's name to where it lies.</param>
    /// <param name="origin">Whose state it is; <see cref="OriginOf"/> gives it back.</param>
    public static void Begin(string run, Func<string, string> locate, string origin)
    {
        using var stream = File.OpenRead(locate(CheckpointFolder.State));
        var state = JsonSerializer.Deserialize<TrainingState>(stream) ?? throw new InvalidDataException($"{CheckpointFolder.State} is empty.");
        if (new CheckpointFolder(Path.Combine(run, RunFiles.Checkpoints)).NewestStep() is { } step && step >= state.Step) return;
        var fresh = run + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        var checkpoint = new CheckpointFolder(Path.Combine(fresh, RunFiles.Checkpoints)).Folder(state.Step);
        Directory.CreateDirectory(checkpoint);
        foreach (var name in Files) Copy(locate(name), Path.Combine(checkpoint, name));
        Copy(locate(RunFiles.Log), Path.Combine(fresh, RunFiles.Log));
        DurableFile.Write(Path.Combine(fresh, Origin), file => file.Write(System.Text.Encoding.UTF8.GetBytes(origin)));
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        Directory.Move(fresh, run);
    }

    /// <summary>What <see cref="Begin"/> was told when it began this folder; null where the run began with nothing.</summary>
    public static string? OriginOf(string run) => File.Exists(Path.Combine(run, Origin)) ? File.ReadAllText(Path.Combine(run, Origin)) : null;

    static IEnumerable<string> Files => [CheckpointFolder.Manifest, CheckpointFolder.State, CheckpointFolder.Tensors];

    static void Copy(string from, string to)
    {
        using var source = File.OpenRead(from);
        DurableFile.Write(to, source.CopyTo);
    }
}
