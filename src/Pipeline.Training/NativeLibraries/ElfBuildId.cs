using System.Buffers.Binary;

namespace Pipeline.Training.NativeLibraries;

/// <summary>The identity that a linker gives a library: a digest of its content, stored in it (ELF note NT_GNU_BUILD_ID). Reading it takes no more than a few blocks of the file.</summary>
public static class ElfBuildId
{
    private const int HeaderBytes = 64, ProgramHeaderBytes = 56, NoteSegment = 4, BuildIdNote = 3, MostNoteBytes = 1 << 16;

    /// <summary>Lower-case hex; null where the file is no 64-bit little-endian ELF file or has no such note.</summary>
    public static string? Of(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith("\u007fELF\u0002\u0001"u8)) return null;
        var table = BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x36..]);
        if (size < ProgramHeaderBytes) return null;
        Span<byte> segment = stackalloc byte[ProgramHeaderBytes];
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(header[0x38..]); i++)
        {
            if (!TryRead(file, table + ((long)i * size), segment)) return null;
            if (BinaryPrimitives.ReadInt32LittleEndian(segment) != NoteSegment) continue;
            var length = BinaryPrimitives.ReadInt64LittleEndian(segment[0x20..]);
            if (length is < 0 or > MostNoteBytes) continue;
            var notes = new byte[length];
            if (TryRead(file, BinaryPrimitives.ReadInt64LittleEndian(segment[0x08..]), notes) && Find(notes) is { } id) return id;
        }

        return null;
    }

    private static bool TryRead(FileStream file, long offset, Span<byte> into)
    {
        if (offset < 0 || offset > file.Length - into.Length) return false;
        file.Position = offset;
        file.ReadExactly(into);
        return true;
    }

    private static string? Find(ReadOnlySpan<byte> notes)
    {
        const int prefix = 12;
        while (notes.Length >= prefix)
        {
            var nameLength = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            var (contentAt, end) = (prefix + Aligned(nameLength), prefix + Aligned(nameLength) + Aligned(length));
            if (end > notes.Length) return null;
            if (BinaryPrimitives.ReadInt32LittleEndian(notes[8..]) == BuildIdNote && notes[prefix..].StartsWith("GNU\0"u8)) return Convert.ToHexStringLower(notes.Slice((int)contentAt, (int)length));
            notes = notes[(int)end..];
        }

        return null;
    }

    private static long Aligned(uint length) => (length + 3L) / 4 * 4;
}
