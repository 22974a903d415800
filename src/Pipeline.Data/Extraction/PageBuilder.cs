namespace Pipeline.Data.Extraction;

/// <summary>
/// Builds the tree as browsers do where it matters to text: end tags that may be left out, paragraphs ended by blocks, items by items, cells by cells, stray end tags ignored. Misnested formatting is not duplicated and content
/// of a table outside its cells stays where it is. Depth is bounded: what is nested deeper becomes a sibling.
/// </summary>
internal sealed class PageBuilder
{
    private const int MostDepth = 256;

    private readonly List<PageNode> nodes = [];
    private readonly List<(PageAttribute, int, int)> attributes = [];
    private readonly List<int> open = [];
    private readonly int[] openOf = new int[256];
    private char[] characters;
    private int length;
    private (int Depth, Link Kind) link;

    public PageBuilder(int capacity)
    {
        characters = new char[Math.Max(256, capacity)];
        Push(Tag.Html, 0);
    }

    public PageTree ToTree()
    {
        PopTo(0);
        return new([.. nodes], [.. attributes], characters);
    }

    public void Text(ReadOnlySpan<char> run, bool decode = true)
    {
        if (run.IsEmpty) return;
        var start = length;
        Append(run, decode);
        nodes.Add(new(Tag.Text, link.Kind, open[^1], nodes.Count + 1, start, length - start));
    }

    /// <summary>Keeps an attribute for the element that <see cref="Start"/> opens next.</summary>
    public void Attribute(PageAttribute name, ReadOnlySpan<char> value)
    {
        var start = length;
        Append(value, decode: true);
        attributes.Add((name, start, length - start));
    }

    /// <param name="firstAttribute">Count of attributes before those of this element.</param>
    public void Start(Tag tag, int firstAttribute, bool empty)
    {
        switch (tag)
        {
            case Tag.Html:
                if (nodes[0].Length == 0) nodes[0] = nodes[0] with { Start = firstAttribute, Length = attributes.Count - firstAttribute };
                return;
            case Tag.Head:
            case Tag.Body when openOf[(int)Tag.Body] > 0:
                return;
            case Tag.Li:
                EndImplied(t => t == Tag.Li, Tag.Li);
                break;
            case Tag.Dd or Tag.Dt:
                EndImplied(t => t is Tag.Dd or Tag.Dt, tag);
                break;
            case Tag.Option or Tag.Optgroup:
                if (nodes[open[^1]].Tag == Tag.Option) Pop();
                break;
            case Tag.Td or Tag.Th:
                EndInTable(t => t is Tag.Td or Tag.Th);
                break;
            case Tag.Tr:
                EndInTable(t => t is Tag.Tr);
                break;
            case Tag.Tbody or Tag.Thead or Tag.Tfoot or Tag.Caption or Tag.Colgroup:
                EndInTable(t => t is Tag.Tbody or Tag.Thead or Tag.Tfoot or Tag.Caption or Tag.Colgroup);
                break;
            case Tag.A:
                EndInline(Tag.A);
                break;
        }

        if (tag.Is(Traits.Block) && openOf[(int)Tag.P] > 0) EndBlock(Tag.P);
        if (tag.Is(Traits.Heading) && nodes[open[^1]].Tag.Is(Traits.Heading)) Pop();
        if (tag.Is(Traits.Void) || empty || open.Count >= MostDepth)
        {
            Add(tag, firstAttribute);
            return;
        }

        Push(tag, firstAttribute);
        if (tag == Tag.A) Linked(firstAttribute);
    }

    public void End(Tag tag)
    {
        if (tag == Tag.Br) Start(Tag.Br, attributes.Count, empty: true);
        else if (tag is Tag.Td or Tag.Th or Tag.Tr or Tag.Tbody or Tag.Thead or Tag.Tfoot or Tag.Caption) EndInTable(t => t == tag);
        else if (tag is Tag.Html or Tag.Body or Tag.Head or Tag.Text || tag.Is(Traits.Void) || openOf[(int)tag] == 0 && !tag.Is(Traits.Heading)) return;
        else if (tag.Is(Traits.Phrasing)) EndInline(tag);
        else EndBlock(tag);
    }

    public int AttributeCount => attributes.Count;

    public int NodeCount => nodes.Count;

    /// <summary>An anchor without an address is no link.</summary>
    private void Linked(int firstAttribute)
    {
        for (var i = firstAttribute; i < attributes.Count; i++)
        {
            var (name, start, size) = attributes[i];
            if (name == PageAttribute.Href) link = (open.Count, size > 0 && characters[start] == '#' ? Link.SamePage : Link.Elsewhere);
        }
    }

    private void Append(ReadOnlySpan<char> run, bool decode)
    {
        // What an entity stands for is never longer than the entity.
        if (length + run.Length > characters.Length) Array.Resize(ref characters, Math.Max(characters.Length * 2, length + run.Length));
        if (decode && run.Contains('&'))
        {
            length += Entities.Decode(run, characters.AsSpan(length));
            return;
        }

        run.CopyTo(characters.AsSpan(length));
        length += run.Length;
    }

    private void Add(Tag tag, int firstAttribute) =>
        nodes.Add(new(tag, Link.None, open.Count > 0 ? open[^1] : -1, nodes.Count + 1, firstAttribute, attributes.Count - firstAttribute));

    private void Push(Tag tag, int firstAttribute)
    {
        Add(tag, firstAttribute);
        open.Add(nodes.Count - 1);
        openOf[(int)tag]++;
    }

    private void Pop()
    {
        var node = open[^1];
        open.RemoveAt(open.Count - 1);
        openOf[(int)nodes[node].Tag]--;
        nodes[node] = nodes[node] with { End = nodes.Count };
        // A link that was never ended goes no further than what it stands in.
        if (open.Count < link.Depth) link = default;
    }

    private void PopTo(int depth)
    {
        while (open.Count > depth) Pop();
    }

    /// <summary>Ends the item before this one, not reaching out of its list.</summary>
    private void EndImplied(Func<Tag, bool> ends, Tag tag)
    {
        if (openOf[(int)tag] == 0 && tag == Tag.Li) return;
        for (var depth = open.Count - 1; depth > 0; depth--)
        {
            var above = nodes[open[depth]].Tag;
            if (ends(above))
            {
                PopTo(depth);
                return;
            }

            if (above is not (Tag.Address or Tag.Div or Tag.P) && (above.Is(Traits.Block | Traits.Scope) || above is Tag.Body)) return;
        }
    }

    private void EndInTable(Func<Tag, bool> ends)
    {
        if (openOf[(int)Tag.Table] == 0) return;
        for (var depth = open.Count - 1; depth > 0 && nodes[open[depth]].Tag is not Tag.Table; depth--)
        {
            if (!ends(nodes[open[depth]].Tag)) continue;
            PopTo(depth);
            return;
        }
    }

    private void EndBlock(Tag tag)
    {
        for (var depth = open.Count - 1; depth > 0; depth--)
        {
            var above = nodes[open[depth]].Tag;
            if (above == tag || above.Is(Traits.Heading) && tag.Is(Traits.Heading))
            {
                PopTo(depth);
                return;
            }

            if (above.Is(Traits.Scope)) return;
        }
    }

    /// <summary>Ends an inline element that nothing but inline elements was opened in; past a block only a link ends, as what follows is no longer part of it.</summary>
    private void EndInline(Tag tag)
    {
        if (openOf[(int)tag] == 0) return;
        for (var depth = open.Count - 1; depth > 0; depth--)
        {
            var above = nodes[open[depth]].Tag;
            if (above == tag)
            {
                PopTo(depth);
                return;
            }

            if (above.Is(Traits.Phrasing)) continue;
            if (tag == Tag.A) link = default;
            // Blocks in inline elements are common (a card that is a link): the end tag counts unless a block inside is still open.
            return;
        }
    }
}
