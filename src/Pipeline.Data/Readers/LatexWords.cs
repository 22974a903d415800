using System.Collections.Frozen;

namespace Pipeline.Data.Readers;

/// <summary>Commands whose arguments are not shown.</summary>
internal static class LatexWords
{
    private static readonly FrozenSet<string> Silent = FrozenSet.Create(StringComparer.Ordinal,
        "label", "index", "glossary", "includegraphics", "vspace", "hspace", "usepackage", "documentclass", "RequirePackage", "bibliographystyle", "bibliography", "setlength", "addtolength", "setcounter", "addtocounter", "newtheorem",
        "theoremstyle", "pagestyle", "thispagestyle", "pagenumbering", "newenvironment", "renewenvironment", "newlength", "newcounter", "nocite", "hyphenation", "graphicspath", "hypersetup", "geometry", "definecolor", "input@path",
        "cline", "cmidrule", "rule", "color", "fontsize", "selectlanguage", "markboth", "markright", "addcontentsline", "phantomsection", "bibitem", "lstset", "usetikzlibrary", "newif", "let", "setstretch", "linespread", "counterwithin",
        "numberwithin", "sisetup", "captionsetup", "titleformat");

    public static bool TakesNothingShown(string name) => Silent.Contains(name) || name.StartsWith("index", StringComparison.Ordinal) || name.StartsWith("sindex", StringComparison.Ordinal);

    /// <summary>What the reader lays out itself is not laid out anew by a file.</summary>
    public static bool MayBeDefined(string name) => name is not ("begin" or "end" or "item" or "section" or "chapter" or "subsection" or "label" or "ref" or "cite" or "input" or "include" or "footnote" or "caption" or "document")
        && !Silent.Contains(name);
}
