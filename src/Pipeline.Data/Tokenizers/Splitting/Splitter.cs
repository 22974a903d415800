using System.Globalization;
using System.Text;

namespace Pipeline.Data.Tokenizers.Splitting;

/// <summary>A part of a text.</summary>
/// <param name="Begins">Whether the text begins with it.</param>
internal readonly record struct Piece(string Text, int Start, int Length, bool Begins)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    public Piece Part(int from, int length) => this with { Start = Start + from, Length = length, Begins = Begins && from == 0 };
}

/// <summary>A way to cut text into words, none of which is empty.</summary>
public abstract record Splitter
{
    internal abstract void Split(Piece piece, List<Piece> words);
}

/// <summary>Words cover the text without a gap.</summary>
public sealed record PatternWords(SplitPattern Pattern) : Splitter
{
    internal override void Split(Piece piece, List<Piece> words)
    {
        var text = piece.Span;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(Pattern, text, start);
            words.Add(piece.Part(start, end - start));
        }
    }
}

/// <summary>A splitter by the kind of each character.</summary>
public abstract record RuneSplitter : Splitter
{
    private protected enum Role
    {
        /// <summary>Belongs to no word.</summary>
        Dropped,

        /// <summary>Is a word.</summary>
        Alone,

        /// <summary>Goes on with a run of its own role.</summary>
        Run,
        OtherRun,
    }

    private Role[]? ascii;

    private protected abstract Role RoleOf(Rune rune);

    // Without the table.
    public virtual bool Equals(RuneSplitter? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    internal override void Split(Piece piece, List<Piece> words)
    {
        var text = piece.Span;
        var (start, last) = (0, Role.Dropped);
        var ascii = this.ascii ??= [.. Enumerable.Range(0, 128).Select(symbol => RoleOf(new(symbol)))];
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = 1;
            var role = text[at] < 128 ? ascii[text[at]] : RoleAt(text[at..], out length);
            if (role != last || role is Role.Alone)
            {
                Add(start, at, last);
                start = at;
            }

            last = role;
        }

        Add(start, text.Length, last);

        void Add(int from, int to, Role role)
        {
            if (role != Role.Dropped && to > from) words.Add(piece.Part(from, to - from));
        }
    }

    private Role RoleAt(ReadOnlySpan<char> text, out int length)
    {
        // A lone surrogate is U+FFFD, which is as long.
        Rune.DecodeFromUtf16(text, out var rune, out length);
        return RoleOf(rune);
    }
}

/// <summary><c>\w+|[^\w\s]+</c>.</summary>
public sealed record WhitespaceWords : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) => RuneKinds.IsWord(rune) ? Role.Run : Rune.IsWhiteSpace(rune) ? Role.Dropped : Role.OtherRun;
}

/// <summary>What white space separates.</summary>
public sealed record WhitespaceSplit : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) => Rune.IsWhiteSpace(rune) ? Role.Dropped : Role.Run;
}

/// <summary>What white space separates, punctuation marks alone.</summary>
public sealed record BertWords : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) => Rune.IsWhiteSpace(rune) ? Role.Dropped : RuneKinds.IsPunctuation(rune) ? Role.Alone : Role.Run;
}

/// <summary>Punctuation marks alone.</summary>
public sealed record PunctuationSplit : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) => RuneKinds.IsPunctuation(rune) ? Role.Alone : Role.Run;
}

/// <summary>Numbers apart from all else.</summary>
/// <param name="Individually">Each digit alone.</param>
public sealed record DigitSplit(bool Individually) : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber) ? Role.Run : Individually ? Role.Alone : Role.OtherRun;
}

/// <summary>Every character alone.</summary>
public sealed record Characters : RuneSplitter
{
    private protected override Role RoleOf(Rune rune) => Role.Alone;
}

/// <summary>Cuts around each occurrence of a text.</summary>
/// <param name="Kept">Whether the occurrence is a word of its own; else it is dropped.</param>
public sealed record TextSplit(string Separator, bool Kept) : Splitter
{
    internal override void Split(Piece piece, List<Piece> words)
    {
        var text = piece.Span;
        for (var start = 0; start < text.Length;)
        {
            var length = text[start..].IndexOf(Separator, StringComparison.Ordinal);
            if (length < 0) length = text.Length - start;
            if (length > 0) words.Add(piece.Part(start, length));
            start += length;
            if (start < text.Length && Kept) words.Add(piece.Part(start, Separator.Length));
            start += Separator.Length;
        }
    }
}

/// <summary>What a text begins with where its spaces become U+2581.</summary>
public enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>Spaces become U+2581, and each begins a word.</summary>
/// <param name="Scheme">Whether one is put where there is none: before every piece, before the first, or never.</param>
/// <param name="Cuts">False leaves a piece whole.</param>
public sealed record Metaspace(PrependScheme Scheme, bool Cuts) : Splitter
{
    internal override void Split(Piece piece, List<Piece> words)
    {
        var text = piece.Span;
        if (text[0] is not (' ' or UnigramModel.SpaceSymbol) && (Scheme == PrependScheme.Always || (Scheme == PrependScheme.First && piece.Begins)))
            piece = new($"{UnigramModel.SpaceSymbol}{text}".Replace(' ', UnigramModel.SpaceSymbol), 0, text.Length + 1, piece.Begins);
        else if (text.Contains(' '))
            piece = new(string.Create(text.Length, text, static (symbols, text) => text.Replace(symbols, ' ', UnigramModel.SpaceSymbol)), 0, text.Length, piece.Begins);
        text = piece.Span;
        for (int start = 0, end; start < text.Length; start = end)
        {
            var length = Cuts ? text[(start + 1)..].IndexOf(UnigramModel.SpaceSymbol) : -1;
            end = length < 0 ? text.Length : start + 1 + length;
            words.Add(piece.Part(start, end - start));
        }
    }
}

/// <summary>Cuts before each run of U+2581.</summary>
internal sealed record SpaceRuns : Splitter
{
    internal override void Split(Piece piece, List<Piece> words)
    {
        var text = piece.Span;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start;
            while (end < text.Length && text[end] == UnigramModel.SpaceSymbol) end++;
            end = text[end..].IndexOf(UnigramModel.SpaceSymbol) is >= 0 and var length ? end + length : text.Length;
            words.Add(piece.Part(start, end - start));
        }
    }
}
