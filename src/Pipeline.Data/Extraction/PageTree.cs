namespace Pipeline.Data.Extraction;

internal enum PageAttribute : byte
{
    None, Alttext, AriaHidden, AriaModal, Class, Content, Datetime, Hidden, Href, HttpEquiv, Id, Itemprop, Lang, Name, Property, Rel, Role, Start, Style, Summary, Type,
}

internal enum Link : byte
{
    None,
    Elsewhere,
    SamePage,
}

/// <summary>An element, or a run of text where <see cref="Tag"/> is <see cref="Tag.Text"/>.</summary>
/// <param name="End">The first node after this one and all that is in it.</param>
/// <param name="Start">Of a text its first character, of an element its first attribute.</param>
/// <param name="Link">Whether a text stands in a link, and whether that leads elsewhere.</param>
internal record struct PageNode(Tag Tag, Link Link, int Parent, int End, int Start, int Length);

/// <summary>A page as one array of nodes in document order: what is in a node follows it, up to its end.</summary>
internal sealed class PageTree(PageNode[] nodes, (PageAttribute Name, int Start, int Length)[] attributes, char[] characters)
{
    public ReadOnlySpan<PageNode> Nodes => nodes;

    public int Count => nodes.Length;

    public Tag this[int node] => nodes[node].Tag;

    public int Parent(int node) => nodes[node].Parent;

    public int End(int node) => nodes[node].End;

    public Link Link(int node) => nodes[node].Link;

    public ReadOnlySpan<char> Text(int node) => characters.AsSpan(nodes[node].Start, nodes[node].Length);

    /// <summary>Empty where it is absent.</summary>
    public ReadOnlySpan<char> Attribute(int node, PageAttribute name) => Find(node, name) is >= 0 and var at ? characters.AsSpan(attributes[at].Start, attributes[at].Length) : default;

    public bool Has(int node, PageAttribute name) => Find(node, name) >= 0;

    /// <summary>The body, or the root where the page names none.</summary>
    public int Body { get; } = Math.Max(0, Array.FindIndex(nodes, n => n.Tag == Tag.Body));

    private int Find(int node, PageAttribute name)
    {
        var (_, _, _, _, start, length) = nodes[node];
        for (var i = start; i < start + length; i++)
            if (attributes[i].Name == name) return i;
        return -1;
    }
}
