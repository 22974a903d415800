using System.Globalization;
using Pipeline.Training.Checkpoints;

namespace Pipeline.Steps.Comparing;

/// <summary>Which tensors of two files differ, and by how much at most. Loads no libtorch.</summary>
internal static class SafetensorsDifference
{
    private const int Block = 1 << 16;

    /// <exception cref="InvalidDataException">One is no safetensors file.</exception>
    public static string? Of(string stored, string fresh)
    {
        var (before, now) = (SafetensorsHeader.Read(stored), SafetensorsHeader.Read(fresh));
        var old = before.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        if (now.Tensors.FirstOrDefault(t => !old.ContainsKey(t.Name)) is { } added) return $"tensor {added.Name} is new";
        if (before.Tensors.FirstOrDefault(t => now.Tensors.All(n => n.Name != t.Name)) is { } gone) return $"tensor {gone.Name} is gone";
        if (now.Tensors.FirstOrDefault(t => t.Dtype != old[t.Name].Dtype || !t.Shape.SequenceEqual(old[t.Name].Shape)) is { } other)
            return $"tensor {other.Name}: {Form(old[other.Name])} -> {Form(other)}";

        using var left = File.OpenRead(stored);
        using var right = File.OpenRead(fresh);
        var differing = new List<(string Name, long Values, double Largest)>();
        foreach (var tensor in now.Tensors)
        {
            left.Position = before.DataStart + old[tensor.Name].Begin;
            right.Position = now.DataStart + tensor.Begin;
            var (values, largest) = Compare(left, right, tensor);
            if (values > 0) differing.Add((tensor.Name, values, largest));
        }

        if (differing.Count == 0) return "the same tensors, but another header";
        var worst = differing.MaxBy(d => d.Largest);
        return string.Create(CultureInfo.InvariantCulture, $"{differing.Count} of {now.Tensors.Count} tensors, the first {differing[0].Name} in {differing[0].Values} values; the largest difference {worst.Largest:0.###e+0} in {worst.Name}");
    }

    private static string Form(SafetensorsEntry tensor) => $"{tensor.Dtype} [{string.Join(", ", tensor.Shape)}]";

    private static (long Values, double Largest) Compare(FileStream left, FileStream right, SafetensorsEntry tensor)
    {
        var size = tensor.Dtype switch { SafetensorsDtype.F64 or SafetensorsDtype.I64 => 8, SafetensorsDtype.F32 or SafetensorsDtype.I32 => 4, SafetensorsDtype.F16 or SafetensorsDtype.BF16 or SafetensorsDtype.I16 => 2, _ => 1 };
        var (a, b) = (new byte[Block], new byte[Block]);
        var (values, largest) = (0L, 0d);
        for (var rest = tensor.End - tensor.Begin; rest > 0;)
        {
            var length = (int)Math.Min(Block, rest);
            left.ReadExactly(a, 0, length);
            right.ReadExactly(b, 0, length);
            rest -= length;
            if (a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length))) continue;
            for (var at = 0; at < length; at += size)
            {
                if (a.AsSpan(at, size).SequenceEqual(b.AsSpan(at, size))) continue;
                values++;
                var difference = Math.Abs(Value(a.AsSpan(at, size), tensor.Dtype) - Value(b.AsSpan(at, size), tensor.Dtype));
                // NaN against a number is as far apart as can be.
                largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
            }
        }

        return (values, largest);
    }

    private static double Value(ReadOnlySpan<byte> bytes, SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 => BitConverter.ToDouble(bytes),
        SafetensorsDtype.F32 => BitConverter.ToSingle(bytes),
        SafetensorsDtype.F16 => (double)BitConverter.ToHalf(bytes),
        SafetensorsDtype.BF16 => BitConverter.Int32BitsToSingle(BitConverter.ToUInt16(bytes) << 16),
        SafetensorsDtype.I64 => BitConverter.ToInt64(bytes),
        SafetensorsDtype.I32 => BitConverter.ToInt32(bytes),
        SafetensorsDtype.I16 => BitConverter.ToInt16(bytes),
        SafetensorsDtype.I8 => (sbyte)bytes[0],
        _ => bytes[0],
    };
}
