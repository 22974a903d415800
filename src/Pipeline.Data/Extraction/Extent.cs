using System.Buffers;

namespace Pipeline.Data.Extraction;

/// <summary>What an element holds, itself and all below it that was not left out. Characters are counted with runs of white space as one.</summary>
internal struct Extent
{
    private static readonly SearchValues<char> CommaMarks = SearchValues.Create(",\u060c\ufe50\ufe10\ufe11\u2e41\u2e34\u2e32\uff0c\u3001");

    public int Characters;

    /// <summary>Characters in links; those to a place on the same page count less.</summary>
    public float Linked;

    public int Commas, Paragraphs, Images, Items, HeadingCharacters, ListCharacters, Rows, Cells;

    /// <summary>Holds blocks, or blocks that make paragraphs of their own.</summary>
    public bool HasBlock, Splits, IsDataTable, HasTableParts;

    public readonly float LinkDensity => Characters == 0 ? 0 : Linked / Characters;

    public void Add(in Extent child)
    {
        Characters += child.Characters;
        Linked += child.Linked;
        Commas += child.Commas;
        Paragraphs += child.Paragraphs;
        Images += child.Images;
        Items += child.Items;
        HeadingCharacters += child.HeadingCharacters;
        ListCharacters += child.ListCharacters;
        Rows += child.Rows;
        Cells = Math.Max(Cells, child.Cells);
        HasBlock |= child.HasBlock;
        Splits |= child.Splits;
        IsDataTable |= child.IsDataTable;
        HasTableParts |= child.HasTableParts;
    }

    public void AddText(ReadOnlySpan<char> text, Link link)
    {
        var length = LengthOf(text);
        Characters += length;
        if (link != Link.None) Linked += link == Link.SamePage ? .3f * length : length;
        for (var at = text.IndexOfAny(CommaMarks); at >= 0; at = text.IndexOfAny(CommaMarks))
        {
            Commas++;
            text = text[(at + 1)..];
        }
    }

    /// <summary>Adds what the element itself is, once what is in it was added.</summary>
    public void Count(PageTree page, int node)
    {
        switch (page[node])
        {
            case Tag.Img:
                Images++;
                break;
            case Tag.Li:
                Items++;
                break;
            case Tag.Ul or Tag.Ol:
                ListCharacters = Characters;
                break;
            case Tag.Td or Tag.Th or Tag.Thead or Tag.Tfoot or Tag.Caption or Tag.Col or Tag.Colgroup:
                if (page[node] is Tag.Td or Tag.Th) Cells = 1;
                HasTableParts |= page[node] != Tag.Td;
                break;
            case Tag.Tr:
                Rows++;
                Cells = CellsIn(page, node);
                break;
            case Tag.Table:
                IsDataTable |= Holds(page, node);
                break;
            case >= Tag.H1 and <= Tag.H6:
                HeadingCharacters = Characters;
                break;
        }
    }

    /// <summary>Whether a table holds data and not the layout of a page.</summary>
    private readonly bool Holds(PageTree page, int table)
    {
        if (page.Attribute(table, PageAttribute.Role) is "presentation") return false;
        if (page.Has(table, PageAttribute.Summary) || HasTableParts) return true;
        return Rows > 1 && Cells > 1 && (Rows >= 10 || Cells > 4 || Rows * Cells > 10);
    }

    private static int CellsIn(PageTree page, int row)
    {
        var cells = 0;
        for (var child = row + 1; child < page.End(row); child = page.End(child))
            if (page[child] is Tag.Td or Tag.Th) cells++;
        return cells;
    }

    private static int LengthOf(ReadOnlySpan<char> text)
    {
        var (length, space) = (0, false);
        foreach (var c in text)
        {
            var white = c <= ' ' || c == '\u00a0' || c > '\u1680' && char.IsWhiteSpace(c);
            if (!white || !space) length++;
            space = white;
        }

        return length == 1 && space ? 0 : length;
    }
}
