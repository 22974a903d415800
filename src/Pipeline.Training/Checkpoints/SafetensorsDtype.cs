using TorchSharp;

namespace Pipeline.Training.Checkpoints;

/// <summary>The element types that are read and written, by their names in the format.</summary>
public enum SafetensorsDtype
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    BOOL,
}

internal static class SafetensorsDtypes
{
    public static readonly string Names = string.Join(", ", Enum.GetNames<SafetensorsDtype>());

    /// <summary>Exact names only: <see cref="Enum.Parse{T}(string)"/> would also take numbers.</summary>
    public static bool TryParse(string name, out SafetensorsDtype dtype) => Enum.TryParse(name, out dtype) && dtype.ToString() == name;

    public static int Size(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 or SafetensorsDtype.I64 => 8,
        SafetensorsDtype.F32 or SafetensorsDtype.I32 => 4,
        SafetensorsDtype.F16 or SafetensorsDtype.BF16 or SafetensorsDtype.I16 => 2,
        _ => 1,
    };

    public static torch.ScalarType ToScalarType(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 => torch.ScalarType.Float64,
        SafetensorsDtype.F32 => torch.ScalarType.Float32,
        SafetensorsDtype.F16 => torch.ScalarType.Float16,
        SafetensorsDtype.BF16 => torch.ScalarType.BFloat16,
        SafetensorsDtype.I64 => torch.ScalarType.Int64,
        SafetensorsDtype.I32 => torch.ScalarType.Int32,
        SafetensorsDtype.I16 => torch.ScalarType.Int16,
        SafetensorsDtype.I8 => torch.ScalarType.Int8,
        SafetensorsDtype.U8 => torch.ScalarType.Byte,
        _ => torch.ScalarType.Bool,
    };

    public static SafetensorsDtype? Of(torch.ScalarType type)
    {
        foreach (var dtype in Enum.GetValues<SafetensorsDtype>())
        {
            if (dtype.ToScalarType() == type) return dtype;
        }

        return null;
    }
}
