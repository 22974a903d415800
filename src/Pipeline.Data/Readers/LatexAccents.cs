using System.Collections.Frozen;
using System.Text;
using ICU4N.Text;

namespace Pipeline.Data.Readers;

/// <summary>Letters and marks that LaTeX has commands for.</summary>
internal static class LatexAccents
{
    private static readonly FrozenDictionary<string, char> Marks = new Dictionary<string, char>
    {
        ["'"] = '\u0301', ["`"] = '\u0300', ["^"] = '\u0302', ["\""] = '\u0308', ["~"] = '\u0303', ["="] = '\u0304', ["."] = '\u0307', ["u"] = '\u0306', ["v"] = '\u030c', ["H"] = '\u030b', ["c"] = '\u0327', ["k"] = '\u0328',
        ["r"] = '\u030a', ["d"] = '\u0323', ["b"] = '\u0331',
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Symbols = new Dictionary<string, string>
    {
        ["aa"] = "å", ["AA"] = "Å", ["o"] = "ø", ["O"] = "Ø", ["ss"] = "ß", ["ae"] = "æ", ["AE"] = "Æ", ["oe"] = "œ", ["OE"] = "Œ", ["l"] = "ł", ["L"] = "Ł", ["i"] = "ı", ["j"] = "ȷ", ["S"] = "§", ["P"] = "¶",
        ["copyright"] = "©", ["pounds"] = "£", ["euro"] = "€", ["dag"] = "†", ["ddag"] = "‡", ["ldots"] = "…", ["dots"] = "…", ["textellipsis"] = "…", ["LaTeX"] = "LaTeX", ["TeX"] = "TeX", ["LaTeXe"] = "LaTeX2e",
        ["textbackslash"] = "\\", ["textasciitilde"] = "~", ["textasciicircum"] = "^", ["textbar"] = "|", ["textless"] = "<", ["textgreater"] = ">", ["textendash"] = "–", ["textemdash"] = "—", ["textquoteleft"] = "‘",
        ["textquoteright"] = "’", ["textquotedblleft"] = "“", ["textquotedblright"] = "”", ["&"] = "&", ["%"] = "%", ["$"] = "$", ["#"] = "#", ["_"] = "_", ["{"] = "{", ["}"] = "}", [" "] = " ", ["\n"] = " ", [","] = " ",
        [";"] = " ", [":"] = " ", ["!"] = "", ["-"] = "", ["/"] = "", ["@"] = "", ["quad"] = " ", ["qquad"] = " ", ["textregistered"] = "®", ["texttrademark"] = "™", ["degree"] = "°", ["slash"] = "/",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string? Symbol(string command) => Symbols.GetValueOrDefault(command);

    /// <summary>The mark a command puts on the next letter; NUL where it puts none.</summary>
    public static char Mark(string command) => Marks.GetValueOrDefault(command);

    public static string Compose(string letter, char mark)
    {
        letter = letter.Trim().Replace("\\i", "i", StringComparison.Ordinal).Replace("\\j", "j", StringComparison.Ordinal).Trim();
        if (letter.Length == 0) return "";
        var first = char.IsHighSurrogate(letter[0]) && letter.Length > 1 ? 2 : 1;
        return Normalizer2.NFCInstance.Normalize(new StringBuilder(letter).Insert(first, mark).ToString());
    }
}
