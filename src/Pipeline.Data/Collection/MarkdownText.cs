using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;
using Pipeline.Data.Readers;

namespace Pipeline.Data.Collection;

/// <summary>Markdown without its marks; code, lists and tables keep a readable form, front matter goes to metadata.</summary>
internal static class MarkdownText
{
    private static readonly MarkdownPipeline Markup = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().UseAutoLinks().Build();

    public static Document Read(string name, byte[] content)
    {
        var (markdown, encoding) = TextDecoder.Decode(name, content);
        var metadata = PlainText.EncodingNote(encoding);
        string text;
        try
        {
            var tree = Markdown.Parse(markdown, Markup);
            var writer = new BlockWriter();
            foreach (var block in tree) Write(writer, block, metadata);
            if (Transcripts.Speakers(tree) is { Count: > 0 } speakers) metadata["speakers"] = string.Join("; ", speakers);
            text = writer.ToString();
        }
        catch (ArgumentException)
        {
            // Markdig gives up on elements nested a hundred deep; the text is still text.
            metadata["extraction"] = "plain";
            text = markdown;
        }

        return FrontMatter.ToFields(Document.Create(name, text) with { MediaType = "text/markdown" }, metadata);
    }

    private static void Write(BlockWriter writer, Block block, Dictionary<string, string> metadata)
    {
        switch (block)
        {
            case YamlFrontMatterBlock front:
                metadata["front_matter"] = front.Lines.ToString().Trim();
                FrontMatter.AddTo(metadata, metadata["front_matter"]);
                break;
            case CodeBlock code:
                writer.Code(code.Lines.ToString(), (code as FencedCodeBlock)?.Info ?? "");
                break;
            case HtmlBlock html:
                HtmlBlocks(writer, html.Lines.ToString());
                break;
            case HeadingBlock heading:
                writer.Block();
                Inlines(writer, heading.Inline);
                writer.Block();
                if (heading.Level == 1 && !metadata.ContainsKey("title") && Plain(heading.Inline) is { Length: > 0 } first) metadata["title"] = first;
                break;
            case Table table:
                writer.Block();
                foreach (var row in table.OfType<TableRow>()) Row(writer, row, metadata);
                writer.Block();
                break;
            case ListBlock list:
                List(writer, list, metadata);
                break;
            case LeafBlock leaf:
                writer.Block();
                Inlines(writer, leaf.Inline);
                writer.Block();
                break;
            case LinkReferenceDefinitionGroup:
                break;
            case ContainerBlock container:
                writer.Block();
                foreach (var child in container) Write(writer, child, metadata);
                writer.Block();
                break;
        }
    }

    private static void List(BlockWriter writer, ListBlock list, Dictionary<string, string> metadata)
    {
        if (list.Parent is ListItemBlock) writer.Line();
        else writer.Block();
        foreach (var item in list.OfType<ListItemBlock>())
        {
            writer.Enter(list.IsOrdered ? $"{item.Order}. " : "- ");
            foreach (var child in item)
            {
                if (child is ParagraphBlock paragraph && !list.IsLoose) Inlines(writer, paragraph.Inline);
                else Write(writer, child, metadata);
            }

            writer.Leave();
        }

        if (list.Parent is not ListItemBlock) writer.Block();
    }

    private static void Row(BlockWriter writer, TableRow row, Dictionary<string, string> metadata)
    {
        writer.Line();
        for (var i = 0; i < row.Count; i++)
        {
            if (i > 0) writer.Inline(" | ");
            foreach (var child in (TableCell)row[i])
            {
                if (child is LeafBlock leaf) Inlines(writer, leaf.Inline);
                else Write(writer, child, metadata);
            }
        }

        writer.Line();
    }

    /// <param name="ticks">Whether code keeps those that say that it is code.</param>
    private static void Inlines(BlockWriter writer, ContainerInline? inlines, bool ticks = true)
    {
        foreach (var inline in inlines ?? [])
        {
            switch (inline)
            {
                case LiteralInline literal: writer.Inline(literal.Content.AsSpan()); break;
                case CodeInline code: writer.Inline(ticks ? InTicks(code) : code.Content); break;
                case AutolinkInline link: writer.Inline(link.Url); break;
                case HtmlEntityInline entity: writer.Inline(entity.Transcoded.AsSpan()); break;
                case LineBreakInline { IsHard: true }: writer.Line(); break;
                case LineBreakInline: writer.Inline(" "); break;
                case HtmlInline html when html.Tag.StartsWith("<br", StringComparison.OrdinalIgnoreCase): writer.Line(); break;
                case ContainerInline container: Inlines(writer, container, ticks); break;
            }
        }
    }

    /// <summary>As many as in the source, so that none in the code ends it.</summary>
    private static string InTicks(CodeInline code)
    {
        var ticks = new string(code.Delimiter, code.DelimiterCount);
        var apart = code.Content.StartsWith(code.Delimiter) || code.Content.EndsWith(code.Delimiter) ? " " : "";
        return ticks + apart + code.Content + apart + ticks;
    }

    private static void HtmlBlocks(BlockWriter writer, string html)
    {
        writer.Block();
        writer.Inline(Cleaning.MarkupStripper.Strip(html));
        writer.Block();
    }

    private static string Plain(ContainerInline? inlines)
    {
        var writer = new BlockWriter();
        Inlines(writer, inlines, ticks: false);
        return writer.ToString();
    }
}
