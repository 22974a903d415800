using System.Globalization;
using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>The readable text of parts of a page. Without recursion: each element ends when a node after it is reached.</summary>
internal sealed class PageRenderer(PageTree page, Func<int, bool> skip, bool listNumbers)
{
    /// <summary>Characters of a cell that still stands in the line of its row; what lays out a page has longer ones.</summary>
    private const int LongestCell = 500;

    private readonly BlockWriter writer = new();
    private readonly Stack<int> open = new();

    // Of each open ordered list the number of its next item.
    private readonly Stack<int> numbers = new();

    /// <param name="skip">Nodes to leave out with all that is in them.</param>
    /// <param name="listNumbers">Items of ordered lists have their number, and not the dash of others.</param>
    public static string Render(PageTree page, IEnumerable<int> roots, Func<int, bool> skip, bool listNumbers)
    {
        var renderer = new PageRenderer(page, skip, listNumbers);
        foreach (var root in roots) renderer.Write(root);
        return renderer.writer.ToString();
    }

    private void Write(int root)
    {
        for (var node = root; node < page.End(root); node++)
        {
            EndBefore(node);
            if (skip(node) || page[node] is not Tag.Text && page[node].Is(Traits.Unseen))
            {
                node = page.End(node) - 1;
            }
            else if (page[node] == Tag.Text)
            {
                // The mark of a heading that links to itself.
                if (page.Link(node) == Link.SamePage && page.Text(node) is "¶" or "#" or "§") continue;
                if (page[page.Parent(node)] is not (Tag.Tr or Tag.Tbody or Tag.Thead or Tag.Table or Tag.Tfoot) || !page.Text(node).IsWhiteSpace()) writer.Inline(page.Text(node));
            }
            else if (page[node] is Tag.Pre or Tag.Xmp or Tag.Plaintext && !HoldsTable(node))
            {
                var code = CodeOf(node);
                if (Preformatted.IsProse(code)) Prose(code);
                else writer.Code(code);
                node = page.End(node) - 1;
            }
            else if (page[node] == Tag.Math)
            {
                if (page.Attribute(node, PageAttribute.Alttext) is { IsEmpty: false } formula) writer.Inline($"${formula}$");
                else continue;
                node = page.End(node) - 1;
            }
            else
            {
                Start(node);
                if (page.End(node) > node + 1) open.Push(node);
                else End(node);
            }
        }

        EndBefore(page.End(root));
    }

    private void EndBefore(int node)
    {
        while (open.TryPeek(out var top) && page.End(top) <= node) End(open.Pop());
    }

    private void Start(int node)
    {
        switch (page[node])
        {
            case Tag.Br:
                writer.Line();
                break;
            case Tag.Li:
                writer.Enter(Marker(node));
                break;
            case Tag.Ol:
                numbers.Push(int.TryParse(page.Attribute(node, PageAttribute.Start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start) ? start : 1);
                Set(node);
                break;
            case Tag.Td or Tag.Th:
                if (HasCellBefore(node)) writer.Inline(" | ");
                break;
            case Tag.Tr:
                Set(node);
                writer.InRow = IsOneLine(node);
                break;
            default:
                Set(node);
                break;
        }
    }

    private void End(int node)
    {
        switch (page[node])
        {
            case Tag.Br or Tag.Td or Tag.Th:
                break;
            case Tag.Li:
                writer.Leave();
                break;
            case Tag.Tr:
                writer.InRow = false;
                Set(node);
                break;
            case Tag.Ol:
                numbers.Pop();
                Set(node);
                break;
            default:
                Set(node);
                break;
        }
    }

    /// <summary>A list inside an item follows on the next line; everywhere else a block stands apart.</summary>
    private void Set(int node)
    {
        var tag = page[node];
        if (IsAllOfCell(node)) return;
        if (tag is Tag.Ul or Tag.Ol or Tag.Menu or Tag.Dir && page[page.Parent(node)] == Tag.Li) writer.Line();
        else if (tag is Tag.Div or Tag.Dt or Tag.Dd or Tag.Tr or Tag.Caption or Tag.Figcaption or Tag.Summary or Tag.Option) writer.Line();
        else if (tag.Is(Traits.Block)) writer.Block();
        else if (!tag.Is(Traits.Phrasing) && tag is not (Tag.Tbody or Tag.Thead or Tag.Tfoot)) writer.Line();
    }

    /// <summary>A row of two cells or more, all of them short and without code, headings and tables.</summary>
    private bool IsOneLine(int row)
    {
        var (cells, length) = (0, 0);
        for (var node = row + 1; node < page.End(row); node++)
        {
            if (page[node] is Tag.Pre or Tag.Table or Tag.Tr || page[node].Is(Traits.Heading)) return false;
            if (page.Parent(node) == row && page[node] is Tag.Td or Tag.Th) (cells, length) = (cells + 1, 0);
            if (page[node] == Tag.Text && (length += page.Text(node).Trim().Length) > LongestCell) return false;
        }

        return cells > 1;
    }

    /// <summary>A paragraph that is all that a cell of a table holds is no block of its own.</summary>
    private bool IsAllOfCell(int node)
    {
        var cell = page.Parent(node);
        if (page[node] is not (Tag.P or Tag.Div) || page[cell] is not (Tag.Td or Tag.Th)) return false;
        for (var child = cell + 1; child < page.End(cell); child = page.End(child))
            if (child != node && !(page[child] == Tag.Text && page.Text(child).IsWhiteSpace())) return false;
        return true;
    }

    private string Marker(int item)
    {
        if (!listNumbers || page[page.Parent(item)] != Tag.Ol || numbers.Count == 0) return "- ";
        var number = numbers.Pop();
        numbers.Push(unchecked(number + 1));
        return string.Create(CultureInfo.InvariantCulture, $"{number}. ");
    }

    private bool HasCellBefore(int cell)
    {
        // The cell before ends where this one begins, but for white space.
        var before = cell - 1;
        var row = page.Parent(cell);
        while (before > row && page.Parent(before) != row) before = page.Parent(before);
        if (before > row && page[before] == Tag.Text)
        {
            before--;
            while (before > row && page.Parent(before) != row) before = page.Parent(before);
        }

        return before > row && page[before] is Tag.Td or Tag.Th;
    }

    private bool HoldsTable(int pre)
    {
        for (var node = pre + 1; node < page.End(pre); node++)
            if (page[node] == Tag.Table) return true;
        return false;
    }

    /// <summary>Paragraphs of what is wrapped by hand.</summary>
    private void Prose(string text)
    {
        var before = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(line) || before.Length == 0) writer.Block();
            else if (!Preformatted.GoesOn(before, line)) writer.Line();
            writer.Inline(line + " ");
            before = line.Trim().Length == 0 ? "" : line;
        }

        writer.Block();
    }

    /// <summary>Text of a code block, where a line break may be an element.</summary>
    private string CodeOf(int pre)
    {
        var code = new StringBuilder();
        for (var node = pre + 1; node < page.End(pre); node++)
        {
            if (page[node] == Tag.Text) code.Append(page.Text(node));
            else if (page[node] == Tag.Br) code.Append('\n');
            else if (skip(node) || page[node].Is(Traits.Unseen)) node = page.End(node) - 1;
        }

        return code.ToString();
    }
}
