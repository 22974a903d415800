using System.Buffers;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Text;
using Pipeline.Data.Cleaning;
using SmartReader;
using Document = Pipeline.Data.Documents.Document;

namespace Pipeline.Data.Collection;

/// <summary>The main content of a page: readability first; where it finds little, all paragraphs, lists, code and headings outside navigation; for pages too big or deep to build a tree of, their text without tags.</summary>
internal static class HtmlText
{
    private const int MostElements = 200_000;
    private const int MostElementsOfArticle = 20_000;
    private const int MostDepth = 400;
    private const int MostCharacters = 32 << 20;

    private static readonly SearchValues<char> CharsetEnds = SearchValues.Create("\"' />;");

    public static Document Read(string name, byte[] content)
    {
        var (html, encoding) = TextDecoder.Decode(name, content, DeclaredCharset(content));
        var metadata = PlainText.EncodingNote(encoding);
        var page = Parse(html);
        if (page is null)
        {
            metadata["extraction"] = "tags-stripped";
            return Document.Create(name, MarkupStripper.Strip(html)) with { MediaType = "text/html", Metadata = metadata };
        }

        var language = page.DocumentElement?.GetAttribute("lang") is { Length: > 0 } lang ? lang : null;
        var url = page.QuerySelector("link[rel=canonical]")?.GetAttribute("href") is { } link && Uri.TryCreate(link, UriKind.Absolute, out var canonical) ? canonical.AbsoluteUri : null;
        var title = page.Title;
        var everything = Blocks(page);
        var (text, articleTitle) = Article(page);
        metadata["extraction"] = Suffices(text, everything) ? "article" : "blocks";
        if ((articleTitle ?? title) is { Length: > 0 } shown) metadata["title"] = shown.Trim();
        return Document.Create(name, metadata["extraction"] == "article" ? text : everything) with { MediaType = "text/html", Language = language, Url = url, Metadata = metadata };
    }

    /// <summary>Readability was made for articles: on lists, tables and reference pages it may keep a fragment.</summary>
    private static bool Suffices(string article, string everything) => article.Length >= 140 && article.Length * 5L >= everything.Length;

    private static (string Text, string? Title) Article(IHtmlDocument page)
    {
        // Readability's time grows with the square of the number of links; articles are far smaller than this.
        if (page.All.Length > MostElementsOfArticle) return ("", null);
        var text = "";
        using var reader = new Reader("https://page.invalid/", page) { CharThreshold = 200 };
        reader.AddCustomOperationEnd(content => text = HtmlRenderer.Render(content, _ => false));
        try
        {
            var article = reader.GetArticle();
            return article.IsReadable ? (text, article.Title) : ("", article.Title);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It fails in many ways on pages made to break it; the page's blocks are still there.
            return ("", null);
        }
    }

    private static string Blocks(IHtmlDocument page)
    {
        if (page.Body is not { } body) return "";
        var main = body.QuerySelectorAll("main, article, [role=main]") is { Length: 1 } only ? only[0] : body;
        return HtmlRenderer.Render(main, IsFurniture) is { Length: > 0 } text ? text : HtmlRenderer.Render(body, _ => false);
    }

    private static bool IsFurniture(IElement element) =>
        element.LocalName is "nav" or "footer" or "aside" or "form" or "dialog" || element.HasAttribute("hidden") || element.GetAttribute("aria-hidden") == "true"
        || element.GetAttribute("role") is "navigation" or "banner" or "contentinfo";

    private static IHtmlDocument? Parse(string html)
    {
        if (html.Length > MostCharacters) return null;
        var elements = 0;
        INode? earlier = null;
        try
        {
            var parser = new HtmlParser(new HtmlParserOptions { OnCreated = Watch });
            var page = parser.ParseDocument(html);
            return IsDeep(page) ? null : page;
        }
        catch (TooBigException)
        {
            return null;
        }

        // The parser's time grows with the square of the depth, so a look now and then while it runs, not only afterwards.
        void Watch(IElement element, TextPosition position)
        {
            if (++elements > MostElements) throw new TooBigException();
            if (elements % 64 != 0) return;
            var depth = 0;
            for (var node = earlier; node is not null; node = node.Parent)
                if (++depth > MostDepth) throw new TooBigException();
            earlier = element;
        }
    }

    /// <summary>Level by level, without recursion.</summary>
    private static bool IsDeep(INode root)
    {
        List<INode> level = [root];
        for (var depth = 0; level.Count > 0; depth++)
        {
            if (depth > MostDepth) return true;
            level = [.. level.SelectMany(n => n.ChildNodes)];
        }

        return false;
    }

    private static string? DeclaredCharset(ReadOnlySpan<byte> content)
    {
        var head = Encoding.ASCII.GetString(content[..Math.Min(content.Length, 2048)]);
        var at = head.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var value = head.AsSpan(at + 8).TrimStart("\"' ");
        var end = value.IndexOfAny(CharsetEnds);
        return end <= 0 ? null : value[..end].ToString();
    }

    private sealed class TooBigException : Exception;
}
