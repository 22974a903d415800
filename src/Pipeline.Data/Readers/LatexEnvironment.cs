using System.Globalization;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

internal enum LatexContent
{
    Text,
    Code,
    Math,
    Dropped,
    Table,
    Bullets,
    Numbers,
    Minipage,
}

/// <summary>An environment that is open, and how it is laid out.</summary>
internal sealed class LatexEnvironment(string name, LatexContent content, string? title)
{
    private int items;
    private bool nested;

    public string Name => name;

    public LatexContent Content => content;

    /// <summary>What theorems and the like begin with.</summary>
    public string? Title => title;

    public bool IsTable => content == LatexContent.Table;

    public static LatexEnvironment Of(string name) => name.TrimEnd('*') switch
    {
        "verbatim" or "Verbatim" or "lstlisting" or "minted" or "alltt" or "code" => new(name, LatexContent.Code, null),
        "equation" or "align" or "gather" or "multline" or "eqnarray" or "displaymath" or "math" or "flalign" or "alignat" or "xymatrix" or "tikzcd" or "dmath" or "IEEEeqnarray" or "aligned" or "alignedat" or "gathered" or "split" or "cases" or "dcases"
            or "matrix" or "pmatrix" or "bmatrix" or "Bmatrix" or "vmatrix" or "Vmatrix" or "smallmatrix" or "subarray" or "array" or "prooftree" or "CD" => new(name, LatexContent.Math, null),
        "comment" or "tikzpicture" or "picture" or "pgfpicture" or "filecontents" => new(name, LatexContent.Dropped, null),
        "tabular" or "tabularx" or "longtable" or "tabulary" => new(name, LatexContent.Table, null),
        "itemize" or "description" or "thebibliography" => new(name, LatexContent.Bullets, null),
        "enumerate" => new(name, LatexContent.Numbers, null),
        "minipage" or "wrapfigure" => new(name, LatexContent.Minipage, null),
        "theorem" or "thm" => new(name, LatexContent.Text, "Theorem"),
        "lemma" or "lem" => new(name, LatexContent.Text, "Lemma"),
        "definition" or "defn" => new(name, LatexContent.Text, "Definition"),
        "corollary" or "cor" => new(name, LatexContent.Text, "Corollary"),
        "proposition" or "prop" => new(name, LatexContent.Text, "Proposition"),
        "remark" or "rmk" => new(name, LatexContent.Text, "Remark"),
        "example" or "eg" => new(name, LatexContent.Text, "Example"),
        "exercise" or "ex" => new(name, LatexContent.Text, "Exercise"),
        "proof" => new(name, LatexContent.Text, "Proof"),
        _ => new(name, LatexContent.Text, null),
    };

    /// <param name="around">A list inside an item follows on the next line; everything else stands apart.</param>
    public void Begin(BlockWriter writer, string? note, LatexEnvironment? around)
    {
        nested = content is LatexContent.Bullets or LatexContent.Numbers && around is { items: > 0 };
        Set(writer);
        if (title is not null) writer.Inline(note is null ? $"{title}. " : $"{title} ({note}). ");
    }

    /// <summary>False where the environment has no items.</summary>
    public bool Item(BlockWriter writer)
    {
        if (content is not (LatexContent.Bullets or LatexContent.Numbers)) return false;
        if (items++ > 0) writer.Leave();
        writer.Enter(content == LatexContent.Bullets ? "- " : string.Create(CultureInfo.InvariantCulture, $"{items}. "));
        return true;
    }

    public void End(BlockWriter writer)
    {
        if (items > 0) writer.Leave();
        Set(writer);
    }

    private void Set(BlockWriter writer)
    {
        if (nested) writer.Line();
        else writer.Block();
    }
}
