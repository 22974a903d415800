using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>The printable stand-ins of the 256 bytes that GPT-2 introduced: printable bytes stand for themselves, the others for U+0100 and on.</summary>
public static class ByteAlphabet
{
    private static readonly char[] Symbols = MakeSymbols();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>All 256 symbols by code point: the order of their ids in a vocabulary.</summary>
    public static IReadOnlyList<char> Sorted { get; } = [.. Symbols.Order()];

    public static char SymbolOf(byte value) => Symbols[value];

    /// <summary>The byte that a symbol stands for, or -1.</summary>
    public static int ByteOf(char symbol) => symbol < Bytes.Length ? Bytes[symbol] : -1;

    /// <summary>The symbols of a text's UTF-8 bytes. Lone surrogates count as U+FFFD.</summary>
    public static string SymbolsOf(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(bytes.Length, bytes, static (symbols, bytes) =>
        {
            for (var i = 0; i < symbols.Length; i++) symbols[i] = Symbols[bytes[i]];
        });
    }

    private static char[] MakeSymbols()
    {
        var symbols = new char[256];
        var next = (char)256;
        for (var value = 0; value < 256; value++)
            symbols[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return symbols;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Symbols.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++) bytes[Symbols[value]] = (short)value;
        return bytes;
    }
}
