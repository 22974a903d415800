using System.Globalization;
using AngleSharp.Dom;

namespace Pipeline.Data.Collection;

/// <summary>The readable text of a piece of a page. The tree's depth must be bounded by the caller: the walk is recursive.</summary>
internal sealed class HtmlRenderer
{
    private readonly BlockWriter writer = new();
    private readonly Func<IElement, bool> skip;

    private HtmlRenderer(Func<IElement, bool> skip) => this.skip = skip;

    /// <param name="skip">Elements to leave out with all that is in them.</param>
    public static string Render(INode node, Func<IElement, bool> skip)
    {
        var renderer = new HtmlRenderer(skip);
        renderer.Write(node);
        return renderer.writer.ToString();
    }

    private void Write(INode node)
    {
        if (node is IText run) writer.Inline(run.Data);
        if (node is not IElement element)
        {
            if (node is not (IDocument or IDocumentFragment)) return;
            Children(node);
            return;
        }

        if (skip(element)) return;
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
                Item(element, "- ");
                break;
            case "tr":
                Row(element);
                break;
            case "dt" or "dd" or "option" or "caption" or "figcaption" or "summary":
                writer.Line();
                Children(element);
                writer.Line();
                break;
            case "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "blockquote" or "table" or "hr" or "article" or "section" or "main" or "ul" or "ol" or "dl" or "figure" or "details":
                // A list inside an item follows on the next line; everywhere else a block stands apart.
                Set(element.LocalName is "ul" or "ol" && element.ParentElement?.LocalName == "li");
                Children(element);
                Set(element.LocalName is "ul" or "ol" && element.ParentElement?.LocalName == "li");
                break;
            case "div" or "header" or "footer" or "aside" or "nav" or "form" or "fieldset" or "address" or "tbody" or "thead" or "tfoot" or "center" or "body" or "html":
                writer.Line();
                Children(element);
                writer.Line();
                break;
            default:
                Children(element);
                break;
        }
    }

    private void Set(bool close)
    {
        if (close) writer.Line();
        else writer.Block();
    }

    private void Children(INode node)
    {
        var number = node is IElement { LocalName: "ol" } list ? int.TryParse(list.GetAttribute("start"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var start) ? start : 1 : (int?)null;
        // NextSibling searches the parent's children: enumerate them instead.
        foreach (var child in node.ChildNodes)
        {
            if (number is { } n && child is IElement { LocalName: "li" } item && !skip(item))
            {
                Item(item, string.Create(CultureInfo.InvariantCulture, $"{n}. "));
                number = unchecked(n + 1);
            }
            else
            {
                Write(child);
            }
        }
    }

    private void Item(IElement item, string marker)
    {
        writer.Enter(marker);
        Children(item);
        writer.Leave();
    }

    private void Row(IElement row)
    {
        writer.Line();
        var first = true;
        foreach (var cell in row.Children)
        {
            // Layout tables hold whole blocks in a cell; only cells of running text make a row.
            if (!first) writer.Inline(" | ");
            first = false;
            Children(cell);
        }

        writer.Line();
    }

    /// <summary>Text of a code block, where a line break may be an element.</summary>
    private static string CodeOf(IElement pre) =>
        pre.QuerySelector("br") is null ? pre.TextContent : string.Concat(pre.Descendants().Select(n => n is IText t ? t.Data : n is IElement { LocalName: "br" } ? "\n" : ""));
}
