using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Training.Checkpoints;

/// <summary>One JSON object a line, of values that a rerun gives again to the bit: no times, no speeds.</summary>
public sealed class TrainingLog : IDisposable
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly FileStream? file;

    /// <param name="path">Null keeps no log.</param>
    /// <param name="length">What stands beyond was written after the checkpoint that the run resumes from, and is written again.</param>
    public TrainingLog(string? path, long length)
    {
        if (path is null)
            return;
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        file.SetLength(length);
        file.Position = length;
    }

    public long Length => file?.Position ?? 0;

    public void Write(long step, IEnumerable<Figure> values)
    {
        if (file is null)
            return;
        var line = new StringBuilder().Append("{\"step\":").Append(step);
        foreach (var (name, value) in values)
            line.Append(",\"").Append(JsonEncodedText.Encode(name)).Append("\":").Append(JsonSerializer.Serialize(value));
        file.Write(Encoding.UTF8.GetBytes(line.Append("}\n").ToString()));
        file.Flush();
    }

    /// <summary>What the model went on with from a prompt.</summary>
    public void Write(long step, string prompt, string sample)
    {
        file?.Write(Encoding.UTF8.GetBytes($"{{\"step\":{step},\"prompt\":{JsonSerializer.Serialize(prompt, Readable)},\"sample\":{JsonSerializer.Serialize(sample, Readable)}}}\n"));
        file?.Flush();
    }

    /// <summary>Before a checkpoint counts these lines as its own.</summary>
    public void FlushToDisk() => file?.Flush(flushToDisk: true);

    /// <summary>SHA-256 of the first bytes, or "" where the file is shorter.</summary>
    public static string Digest(string? path, long length)
    {
        if (path is null || !File.Exists(path))
            return length == 0 ? EmptyDigest : "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length < length)
            return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (var left = length; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => file?.Dispose();

    static string EmptyDigest => Convert.ToHexStringLower(SHA256.HashData([]));
}
