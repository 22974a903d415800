using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>What a run keeps in its workspace: <c>log.jsonl</c> and <c>checkpoints/</c>.</summary>
public sealed class RunFiles
{
    /// <summary>Keeps nothing: such a run cannot be resumed.</summary>
    public static readonly RunFiles None = new();

    readonly string? folder;
    readonly string identity = "";
    readonly CheckpointFolder? checkpoints;

    RunFiles()
    {
    }

    /// <param name="folder">The run's own.</param>
    /// <param name="identity">Everything that decides the run's bits, as text; a checkpoint made under another one is passed over.</param>
    public RunFiles(string folder, string identity)
    {
        this.folder = folder;
        this.identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        Directory.CreateDirectory(folder);
        checkpoints = new CheckpointFolder(Path.Combine(folder, Checkpoints));
    }

    internal const string Log = "log.jsonl", Checkpoints = "checkpoints";

    string? LogPath => folder is null ? null : Path.Combine(folder, Log);

    public (TrainingState State, IReadOnlyDictionary<string, Tensor> Tensors)? Newest(Action<string> warn) => checkpoints?.Newest(Refusal, warn);

    public TrainingLog OpenLog(long length) => new(LogPath, length);

    /// <summary>Whether anything was saved.</summary>
    public bool Save(TrainingState state, TrainingLog log, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        if (checkpoints is null)
            return false;
        log.FlushToDisk();
        checkpoints.Save(state with { Identity = identity, LogLength = log.Length, LogDigest = TrainingLog.Digest(LogPath, log.Length) }, tensors);
        return true;
    }

    string? Refusal(TrainingState state)
    {
        if (state.Identity != identity)
            return "it belongs to a run with other options, model or data.";
        return TrainingLog.Digest(LogPath, state.LogLength) == state.LogDigest ? null : $"{LogPath} no longer begins with the lines that it counts on.";
    }
}
