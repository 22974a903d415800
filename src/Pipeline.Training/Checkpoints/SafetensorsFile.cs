using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>
/// An open file whose tensors are read one by one, straight into their memory. Reads rather than a memory map: a file that shrinks meanwhile is then an error
/// instead of a SIGBUS, and nothing stays mapped.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(FileStream file, string path, SafetensorsHeader header)
    {
        (_file, Path, Header) = (file, path, header);
        _entries = header.Tensors.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    public SafetensorsHeader Header { get; }

    /// <exception cref="InvalidDataException">The file breaks the format; the message names file and tensor.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            return new SafetensorsFile(file, path, SafetensorsHeader.Read(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _entries.ContainsKey(name);

    public SafetensorsEntry Entry(string name) => _entries.TryGetValue(name, out var entry) ? entry : throw new InvalidDataException($"{Path}: has no tensor '{name}'");

    /// <summary>A new tensor on the CPU.</summary>
    public Tensor Read(string name)
    {
        var entry = Entry(name);
        var tensor = empty([.. entry.Shape], entry.Dtype.ToScalarType());
        Fill(entry, tensor);
        return tensor;
    }

    /// <summary>Overwrites a tensor of the same shape; another type or device is converted to.</summary>
    public void ReadInto(string name, Tensor target)
    {
        var entry = Entry(name);
        if (!entry.Shape.SequenceEqual(target.shape))
            throw new InvalidDataException($"{Path}: tensor '{name}' has shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", target.shape)}]");

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var detached = target.detach();
        if (detached.device.type == TorchSharp.DeviceType.CPU && detached.dtype == entry.Dtype.ToScalarType() && detached.is_contiguous()) Fill(entry, detached);
        else detached.copy_(Read(name));
    }

    public void Dispose() => _file.Dispose();

    private void Fill(SafetensorsEntry entry, Tensor contiguous)
    {
        var position = Header.DataStart + entry.Begin;
        TensorBytes.ForEachChunk(contiguous, chunk =>
        {
            while (!chunk.IsEmpty)
            {
                var read = RandomAccess.Read(_file.SafeFileHandle, chunk, position);
                if (read == 0) throw new InvalidDataException($"{Path}: tensor '{entry.Name}' is cut short: the file was changed while it was read");
                position += read;
                chunk = chunk[read..];
            }
        });
    }
}
