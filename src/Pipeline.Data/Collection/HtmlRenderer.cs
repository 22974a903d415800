using AngleSharp.Dom;

namespace Pipeline.Data.Collection;

/// <summary>The readable text of a piece of a page. The tree's depth must be bounded by the caller: the walk is recursive.</summary>
internal static class HtmlRenderer
{
    public static string Render(INode node)
    {
        var writer = new BlockWriter();
        Write(writer, node);
        return writer.ToString();
    }

    public static void Write(BlockWriter writer, INode node)
    {
        if (node is IText run) writer.Inline(run.Data);
        if (node is not IElement element)
        {
            if (node is not (IDocument or IDocumentFragment)) return;
            Children(writer, node);
            return;
        }

        switch (element.LocalName)
        {
            case "script" or "style" or "noscript" or "template" or "head" or "svg" or "math" or "iframe" or "object" or "button" or "select" or "textarea":
                break;
            case "br":
                writer.Line();
                break;
            case "pre":
                writer.Code(CodeOf(element));
                break;
            case "li":
                Item(writer, element);
                break;
            case "tr":
                Row(writer, element);
                break;
            case "dt" or "dd" or "option" or "caption" or "figcaption" or "summary":
                writer.Line();
                Children(writer, element);
                writer.Line();
                break;
            case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "blockquote" or "table" or "hr" or "article" or "section" or "main" or "ul" or "ol" or "dl" or "figure" or "details":
                // A list inside an item follows on the next line; everywhere else a block stands apart.
                Set(writer, element.LocalName is "ul" or "ol" && element.ParentElement?.LocalName == "li");
                Children(writer, element);
                Set(writer, element.LocalName is "ul" or "ol" && element.ParentElement?.LocalName == "li");
                break;
            case "div" or "header" or "footer" or "aside" or "nav" or "form" or "fieldset" or "address" or "tbody" or "thead" or "tfoot" or "center" or "body" or "html":
                writer.Line();
                Children(writer, element);
                writer.Line();
                break;
            default:
                Children(writer, element);
                break;
        }
    }

    private static void Set(BlockWriter writer, bool close)
    {
        if (close) writer.Line();
        else writer.Block();
    }

    private static void Children(BlockWriter writer, INode node)
    {
        for (var child = node.FirstChild; child is not null; child = child.NextSibling) Write(writer, child);
    }

    private static void Item(BlockWriter writer, IElement item)
    {
        var number = item.ParentElement is { LocalName: "ol" } list ? 1 + list.Children.TakeWhile(c => c != item).Count(c => c.LocalName == "li") : 0;
        writer.Enter(number > 0 ? $"{number}. " : "- ");
        Children(writer, item);
        writer.Leave();
    }

    private static void Row(BlockWriter writer, IElement row)
    {
        writer.Line();
        var first = true;
        foreach (var cell in row.Children)
        {
            // Layout tables hold whole blocks in a cell; only cells of running text make a row.
            if (!first) writer.Inline(" | ");
            first = false;
            Children(writer, cell);
        }

        writer.Line();
    }

    /// <summary>Text of a code block, where a line break may be an element.</summary>
    private static string CodeOf(IElement pre) =>
        pre.QuerySelector("br") is null ? pre.TextContent : string.Concat(pre.Descendants().Select(n => n is IText t ? t.Data : n is IElement { LocalName: "br" } ? "\n" : ""));
}
