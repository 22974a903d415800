using System.Buffers;
using System.Text;

namespace Pipeline.Data.Collection;

/// <summary>How files of a format begin.</summary>
internal static class Signatures
{
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n/>");

    public static bool IsHtml(ReadOnlySpan<byte> head) =>
        Markup(head) is var text && (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase));

    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Viewers look for it, with a version, in the first 1,024 bytes.</summary>
    public static bool IsPdf(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, 1024)];
        var at = head.IndexOf("%PDF-"u8);
        return at >= 0 && head[(at + 5)..] is [>= (byte)'0' and <= (byte)'9', (byte)'.', ..];
    }

    public static bool IsDotnetXml(ReadOnlySpan<byte> head) => RootOf(head) is "doc";

    /// <summary>The name of the first element of an XML file, without its prefix; empty where the head shows none.</summary>
    public static string RootOf(ReadOnlySpan<byte> head)
    {
        var text = Markup(head);
        if (text.Length < 2 || text[0] != '<') return "";
        var end = text.AsSpan(1).IndexOfAny(NameEnds);
        var name = end < 0 ? text[1..] : text[1..(end + 1)];
        return name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>From the first tag on that is neither declaration, instruction nor comment.</summary>
    private static string Markup(ReadOnlySpan<byte> head)
    {
        var text = Decoded(head).TrimStart('\ufeff', ' ', '\t', '\r', '\n');
        while (true)
        {
            var (open, close) = text.StartsWith("<?", StringComparison.Ordinal) ? ("<?", "?>") : text.StartsWith("<!--", StringComparison.Ordinal) ? ("<!--", "-->") : ("", "");
            if (open.Length == 0) return text;
            var end = text.IndexOf(close, open.Length, StringComparison.Ordinal);
            if (end < 0) return "";
            text = text[(end + close.Length)..].TrimStart();
        }
    }

    private static string Decoded(ReadOnlySpan<byte> head) =>
        head.StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode.GetString(head)
        : head.StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.BigEndianUnicode.GetString(head)
        : Encoding.UTF8.GetString(head);
}
