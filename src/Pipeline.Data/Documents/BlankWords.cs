namespace Pipeline.Data.Documents;

/// <summary>Words as what stands between blanks.</summary>
public static class BlankWords
{
    public static int Count(ReadOnlySpan<char> text)
    {
        var (words, inside) = (0, false);
        foreach (var c in text)
        {
            var blank = char.IsWhiteSpace(c);
            if (!blank && !inside) words++;
            inside = !blank;
        }

        return words;
    }
}
