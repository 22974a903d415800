using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pipeline.Engine.Storage;

/// <summary>What a path is, without opening it: opening a pipe waits for who writes into it, and opening a device may do anything.</summary>
internal static class FileKind
{
    private const int CurrentFolder = -100, TypeMask = 1;
    private const int TypeBits = 0xf000, Regular = 0x8000;

    /// <summary>struct statx of Linux, the same on every processor: where its mode is, and its size.</summary>
    private const int ModeAt = 28, Bytes = 256;

    /// <summary>Of a link, what it leads to. True as well where nothing can be found out.</summary>
    public static bool IsRegular(string path)
    {
        if (!OperatingSystem.IsLinux()) return true;
        var status = new byte[Bytes];
        try
        {
            return Statx(CurrentFolder, path, 0, TypeMask, status) != 0 || (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeAt)) & TypeBits) == Regular;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library of before 2018.
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
