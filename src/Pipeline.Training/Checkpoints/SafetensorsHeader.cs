using System.Buffers.Binary;

namespace Pipeline.Training.Checkpoints;

/// <summary>One tensor of a file: its bytes are [Begin, End) after the header.</summary>
public sealed record SafetensorsEntry(string Name, SafetensorsDtype Dtype, IReadOnlyList<long> Shape, long Begin, long End);

/// <summary>
/// What a safetensors file says it holds, checked against the file's length: 8 bytes of little-endian header length, a JSON object, then the tensors' bytes without
/// gaps (https://huggingface.co/docs/safetensors, "Format"). Needs no libtorch, so hostile files are refused before it is loaded.
/// </summary>
/// <param name="Tensors">In the order of their bytes.</param>
/// <param name="DataStart">Where the tensors' bytes start in the file.</param>
public sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Tensors, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    internal const int LengthBytes = 8;

    internal const int MaximumLength = 100_000_000;

    internal const string MetadataKey = "__metadata__";

    /// <exception cref="InvalidDataException">The file breaks the format; the message names file and tensor.</exception>
    public static SafetensorsHeader Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <param name="file">A stream that knows its length, at its start.</param>
    public static SafetensorsHeader Read(Stream file, string path)
    {
        var length = file.Length;
        if (length < LengthBytes) throw new InvalidDataException($"{path}: {length} bytes are too few for a safetensors file, which starts with the 8-byte length of its header");

        Span<byte> prefix = stackalloc byte[LengthBytes];
        file.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > MaximumLength)
            throw new InvalidDataException($"{path}: the header claims {headerLength} bytes, over the format's limit of {MaximumLength}. Is this a safetensors file?");
        if (headerLength > (ulong)(length - LengthBytes))
            throw new InvalidDataException($"{path}: the header claims {headerLength} bytes but the file ends after {length - LengthBytes}: it was cut short or is no safetensors file");

        var json = new byte[(int)headerLength];
        file.ReadExactly(json);
        return SafetensorsJson.Parse(json, length - LengthBytes - json.Length, path);
    }
}
