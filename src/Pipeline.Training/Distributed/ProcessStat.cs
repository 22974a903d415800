using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Pipeline.Training.Distributed;

/// <summary>Reads /proc/PID/stat without allocating: garbage collections that another thread starts are a hazard for TorchSharp's temporaries.</summary>
internal static unsafe class ProcessStat
{
    /// <summary>In clock ticks after boot; 0 where the process is gone or a zombie.</summary>
    public static ulong StartTime(int id)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(id, path[6..], out var digits);
        "/stat\0"u8.CopyTo(path[(6 + digits)..]);
        Span<byte> stat = stackalloc byte[1024];
        nint read;
        fixed (byte* pathStart = path, statStart = stat)
        {
            var file = Open(pathStart, 0);
            if (file < 0) return 0;
            read = Read(file, statStart, stat.Length);
            _ = Close(file);
        }

        return read <= 0 ? 0 : Parse(stat[..(int)read]);
    }

    /// <summary>Fields are counted from the last ')': the command's name before it may hold anything.</summary>
    private static ulong Parse(ReadOnlySpan<byte> stat)
    {
        var fields = stat[(stat.LastIndexOf((byte)')') + 2)..];
        if (fields.IsEmpty || fields[0] is (byte)'Z' or (byte)'X') return 0;
        for (var field = 3; field < 22; field++) fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(fields, out ulong started, out _) ? started : 0;
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(byte* path, int flags);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int file, byte* buffer, nint length);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
