using System.Globalization;
using System.Xml;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>Writes the stream of a Word document's elements as blocks of text.</summary>
internal sealed class DocxWriter(DocxLists lists)
{
    private const int MostLevels = 9;

    private readonly BlockWriter writer = new();
    private readonly Dictionary<(string List, int Level), int> numbers = [];
    private int deleted, cells, tables;
    private bool item, listBefore;

    public void Write(byte[] xml)
    {
        using var reader = SafeXml.Open(new MemoryStream(xml));
        while (SafeXml.Next(reader)) Node(reader);
    }

    /// <summary>Each note after the text, by the mark it has there.</summary>
    public void WriteNotes(byte[] xml, string element)
    {
        using var reader = SafeXml.Open(new MemoryStream(xml));
        var skipped = false;
        while (SafeXml.Next(reader))
        {
            if (reader.LocalName == element && reader.NodeType == XmlNodeType.Element)
            {
                // Notes with a type are the lines that part notes from text.
                skipped = DocxLists.Attribute(reader, "type") is { Length: > 0 } and not "normal";
                if (skipped) continue;
                writer.Block();
                writer.Inline($"[^{DocxLists.Attribute(reader, "id")}]: ");
            }
            else if (!skipped)
            {
                Node(reader, inNote: true);
            }
        }
    }

    public override string ToString() => writer.ToString();

    private void Node(XmlReader reader, bool inNote = false)
    {
        if (reader.NodeType == XmlNodeType.EndElement) End(reader, inNote);
        else if (reader.NodeType == XmlNodeType.Element && (deleted == 0 || reader.LocalName is "del" or "moveFrom")) Start(reader, inNote);
    }

    private void Start(XmlReader reader, bool inNote)
    {
        switch (reader.LocalName)
        {
            case "del" or "moveFrom" when !reader.IsEmptyElement: deleted++; break;
            case "t": writer.Inline(reader.IsEmptyElement ? "" : SafeXml.Text(reader, int.MaxValue)); break;
            case "tab" or "ptab" when reader.Depth > 0: writer.Inline(" "); break;
            case "br" or "cr": writer.Line(); break;
            case "noBreakHyphen": writer.Inline("-"); break;
            case "footnoteReference" or "endnoteReference": writer.Inline($"[^{DocxLists.Attribute(reader, "id")}]"); break;
            case "p" when !inNote && tables == 0: listBefore = item; item = false; if (!listBefore) writer.Block(); else writer.Line(); break;
            case "r" when listBefore && !item && tables == 0: writer.Block(); break;
            case "pStyle" when tables == 0 && DocxLists.Attribute(reader, "val").StartsWith("Heading", StringComparison.OrdinalIgnoreCase): writer.Block(); break;
            case "numPr" when !reader.IsEmptyElement && tables == 0 && !inNote: Item(reader); break;
            case "tbl": if (tables++ == 0) writer.Block(); break;
            case "tr" when tables == 1: writer.Line(); writer.InRow = true; cells = 0; break;
            case "tc" when tables == 1 && cells++ > 0: writer.Inline(" | "); break;
        }
    }

    private void End(XmlReader reader, bool inNote)
    {
        switch (reader.LocalName)
        {
            case "del" or "moveFrom": deleted--; break;
            case "p" when tables > 0: writer.Inline(" "); break;
            case "p" when inNote: writer.Line(); break;
            case "p" when item: writer.Leave(); break;
            case "p": writer.Block(); break;
            case "tr" when tables == 1: writer.InRow = false; writer.Line(); break;
            case "tbl": if (--tables == 0) writer.Block(); break;
        }
    }

    private void Item(XmlReader reader)
    {
        var (level, list, depth) = ("0", "0", reader.Depth);
        while (SafeXml.Next(reader) && reader.Depth > depth)
        {
            if (reader.LocalName == "ilvl") level = DocxLists.Attribute(reader, "val");
            if (reader.LocalName == "numId") list = DocxLists.Attribute(reader, "val");
        }

        // List 0 takes a paragraph out of its style's list.
        if (list == "0" || item) return;
        var at = int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? Math.Min(parsed, MostLevels) : 0;
        for (var deeper = at + 1; deeper <= MostLevels; deeper++) numbers.Remove((list, deeper));
        var number = numbers[(list, at)] = numbers.GetValueOrDefault((list, at)) + 1;
        var marker = lists.IsNumbered(list, level) ? string.Create(CultureInfo.InvariantCulture, $"{number}. ") : "- ";
        if (listBefore) writer.Line();
        writer.Enter(new string(' ', 2 * at) + marker);
        item = true;
    }
}
