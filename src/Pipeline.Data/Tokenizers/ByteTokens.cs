using System.Globalization;

namespace Pipeline.Data.Tokenizers;

/// <summary>The tokens of single bytes in a vocabulary of characters: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteTokens
{
    public static string Of(byte value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>By byte: its id, or -1.</summary>
    public static int[] Ids(TokenizerModel model, Func<byte, string> spelled) => [.. Enumerable.Range(0, 256).Select(value => model.Find(spelled((byte)value)) ?? -1)];

    /// <summary>The byte that a token stands for, or null.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
