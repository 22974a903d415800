using System.Buffers.Binary;
using System.Text;

namespace Pipeline.TestKit;

/// <summary>What programs say in a language, from the message catalogues of gettext that Linux installs with them: real text in some hundred languages.</summary>
public static class Translations
{
    private const int LeastMessage = 20;
    private const uint Magic = 0x950412de;

    /// <summary>The messages of a language such as <c>pt_BR</c>, one after the other; none where it is not installed.</summary>
    /// <param name="catalogue">Of which catalogues, by their names.</param>
    /// <param name="most">Characters, after which no further catalogue is read.</param>
    public static IReadOnlyList<string> In(string language, Func<string, bool> catalogue, int most = int.MaxValue)
    {
        var folder = $"/usr/share/locale/{language}/LC_MESSAGES";
        if (!Directory.Exists(folder)) return [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(folder, "*.mo").Order(StringComparer.Ordinal))
            if (catalogue(Path.GetFileNameWithoutExtension(path)) && seen.Sum(m => m.Length) < most) Add(File.ReadAllBytes(path), seen);
        return [.. seen];
    }

    /// <summary>The format is that of "The Format of GNU MO Files" in gettext's manual.</summary>
    private static void Add(byte[] file, HashSet<string> messages)
    {
        if (file.Length < 28 || At(0) != Magic) return;
        var (count, ids, texts) = (At(8), At(12), At(16));
        for (var i = 0; i < count; i++)
        {
            var bytes = file.AsSpan((int)At(texts + 8 * i + 4), (int)At(texts + 8 * i));
            if (At(ids + 8 * i) == 0)
            {
                // The head says in what the others are.
                if (!Encoding.ASCII.GetString(bytes).Contains("charset=UTF-8", StringComparison.OrdinalIgnoreCase)) return;
                continue;
            }

            // Plural forms stand behind zeros.
            if (bytes.IndexOf((byte)0) is >= 0 and var end) bytes = bytes[..end];
            var text = Encoding.UTF8.GetString(bytes);
            if (text.Length >= LeastMessage && !text.Any(c => char.IsControl(c) && c != '\n')) messages.Add(text.TrimEnd('\n'));
        }

        long At(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)offset));
    }
}
