using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>The last two checkpoints of a run, each a folder that appears complete or not at all and is verified when read.</summary>
public sealed class CheckpointFolder(string root)
{
    const int Kept = 2;
    internal const string Prefix = "step-", Manifest = "manifest.json", State = "state.json", Tensors = "tensors.safetensors";
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public void Save(TrainingState state, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        Directory.CreateDirectory(root);
        var writing = Path.Combine(root, ".writing");
        if (Directory.Exists(writing))
            Directory.Delete(writing, recursive: true);
        Directory.CreateDirectory(writing);

        Safetensors.Write(Path.Combine(writing, Tensors), tensors);
        DurableFile.Write(Path.Combine(writing, State), file => JsonSerializer.Serialize(file, state, Json));
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal) { [State] = Digest(writing, State), [Tensors] = Digest(writing, Tensors) };
        DurableFile.Write(Path.Combine(writing, Manifest), file => JsonSerializer.Serialize(file, digests, Json));

        var final = Folder(state.Step);
        if (Directory.Exists(final))
            Directory.Delete(final, recursive: true);
        Directory.Move(writing, final);
        DurableFile.FlushFolder(root);
        foreach (var old in Steps().SkipLast(Kept))
            Directory.Delete(Folder(old), recursive: true);
    }

    /// <summary>The newest checkpoint that verifies and that <paramref name="refuse"/> gives no reason against, its tensors in the caller's scope; null if there is none. Those passed over are told to <paramref name="warn"/>.</summary>
    public (TrainingState State, IReadOnlyDictionary<string, Tensor> Tensors)? Newest(Func<TrainingState, string?> refuse, Action<string> warn)
    {
        foreach (var step in Enumerable.Reverse(Steps()))
        {
            var folder = Folder(step);
            try
            {
                var state = Verified(folder);
                if (refuse(state) is not { } reason)
                    return (state, Safetensors.Read(Path.Combine(folder, Tensors)));
                warn($"The checkpoint {folder} is passed over: {reason}");
            }
            catch (Exception damage) when (damage is IOException or InvalidDataException or JsonException or UnauthorizedAccessException)
            {
                warn($"The checkpoint {folder} is damaged and passed over: {damage.Message}");
            }
        }
        return null;
    }

    /// <summary>The step of the newest checkpoint, whether or not it verifies; null where there is none.</summary>
    internal long? NewestStep() => Steps() is { Count: > 0 } steps ? steps[^1] : null;

    internal static TrainingState Verified(string folder)
    {
        using var manifest = File.OpenRead(Path.Combine(folder, Manifest));
        var digests = JsonSerializer.Deserialize<Dictionary<string, string>>(manifest);
        foreach (var name in new[] { State, Tensors })
        {
            if (digests?.GetValueOrDefault(name) != Digest(folder, name))
                throw new InvalidDataException($"{name} does not have the digest that {Manifest} gives.");
        }
        using var state = File.OpenRead(Path.Combine(folder, State));
        return JsonSerializer.Deserialize<TrainingState>(state) ?? throw new InvalidDataException($"{State} is empty.");
    }

    static string Digest(string folder, string name)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    List<long> Steps() =>
        !Directory.Exists(root) ? [] : [.. Directory.EnumerateDirectories(root, Prefix + "*")
            .Select(folder => long.TryParse(Path.GetFileName(folder)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : -1)
            .Where(step => step >= 0)
            .Order()];

    internal string Folder(long step) => Path.Combine(root, Prefix + step.ToString("D12", CultureInfo.InvariantCulture));
}
