using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>Lays out running text, lists, tables and code as plain text: white space collapses, blocks are set apart by one empty line, code keeps its own lines.</summary>
internal sealed class BlockWriter
{
    private readonly StringBuilder text = new();
    private readonly Stack<string> indents = new();
    private int newlines;
    private bool space, started;
    private string marker = "";

    public bool IsEmpty => !started;

    /// <summary>Whether lines, blocks and items go on in the line, as in a row of a table.</summary>
    public bool InRow { get; set; }

    public void Inline(ReadOnlySpan<char> run)
    {
        foreach (var c in run)
        {
            if (char.IsWhiteSpace(c) && c != '\u00a0')
            {
                space = true;
                continue;
            }

            Start(ref space);
            text.Append(c);
        }
    }

    /// <summary>The next text begins a new line.</summary>
    public void Line() => Break(1);

    /// <summary>The next text is set apart by an empty line.</summary>
    public void Block() => Break(2);

    /// <summary>Lines kept as they are, between fences.</summary>
    public void Code(string code, string language = "")
    {
        code = code.ReplaceLineEndings("\n").Trim('\n');
        if (code.Length == 0) return;
        Block();
        foreach (var line in (string[])["```" + language, .. code.Split('\n'), "```"])
        {
            var none = false;
            Start(ref none);
            text.Append(line.AsSpan().TrimEnd());
            Line();
        }

        Block();
    }

    /// <summary>Begins a list item or quotation; its further lines are indented as far as its marker is wide.</summary>
    public void Enter(string itemMarker)
    {
        Line();
        if (InRow)
        {
            Inline(itemMarker);
            return;
        }

        marker += itemMarker;
        indents.Push(new string(' ', itemMarker.Length));
    }

    public void Leave()
    {
        if (InRow)
        {
            space = true;
            return;
        }

        var width = indents.Pop().Length;
        // An item without text leaves its marker behind.
        marker = marker.Length >= width ? marker[..^width] : "";
        Line();
    }

    public override string ToString() => text.ToString().TrimEnd();

    private void Break(int least)
    {
        if (InRow) space = true;
        else newlines = Math.Max(newlines, least);
    }

    private void Start(ref bool spaced)
    {
        if (!started) (newlines, started, spaced) = (0, true, false);
        else if (newlines > 0) text.Append('\n', newlines);
        else if (spaced && marker.Length == 0) text.Append(' ');
        var fresh = text.Length == 0 || newlines > 0;
        spaced = false;
        newlines = 0;
        if (!fresh && marker.Length == 0) return;
        var indent = string.Concat(indents.Reverse());
        text.Append(indent.AsSpan(0, Math.Max(0, indent.Length - marker.Length))).Append(marker);
        marker = "";
    }
}
