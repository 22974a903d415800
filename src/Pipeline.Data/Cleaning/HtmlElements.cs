using System.Collections.Frozen;

namespace Pipeline.Data.Cleaning;

[Flags]
internal enum HtmlElement
{
    None = 0,
    Known = 1,

    /// <summary>Its removal must not join the words around it.</summary>
    Block = 2,

    /// <summary>An opening tag is whole without attributes and without a closing one.</summary>
    Alone = 4,

    /// <summary>What is in it is no text.</summary>
    Hidden = 8,
}

/// <param name="Number">From 0 on, below <see cref="HtmlElements.Count"/>.</param>
internal readonly record struct NamedElement(int Number, HtmlElement Kind);

/// <summary>Names of the elements of HTML (obsolete ones too), SVG and MathML, in any case.</summary>
internal static class HtmlElements
{
    private const string Blocks =
        "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li "
        + "listing main menu nav noframes noscript ol optgroup option p plaintext pre script section select style summary table tbody td textarea tfoot th thead title tr ul xmp";

    private const string Inlines =
        "a abbr acronym applet area audio b base basefont bdi bdo bgsound big blink button canvas cite code col colgroup data datalist del dfn em embed font frame i image img input ins kbd label link map mark "
        + "marquee meta meter nobr noembed object output param picture progress q rb rp rt rtc ruby s samp search slot small source span strike strong sub sup template time track tt u var video wbr !doctype "
        // SVG
        + "animate animatemotion animatetransform circle clippath defs desc ellipse feblend fecolormatrix fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap fedistantlight fedropshadow "
        + "feflood fefunca fefuncb fefuncg fefuncr fegaussianblur feimage femerge femergenode femorphology feoffset fepointlight fespecularlighting fespotlight fetile feturbulence filter foreignobject g line "
        + "lineargradient marker mask metadata mpath path pattern polygon polyline radialgradient rect set stop svg switch symbol text textpath tspan use view "
        // MathML
        + "annotation annotation-xml maction math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics";

    private const string Alone = "body br caption col colgroup dd dt head hr html li option optgroup p rb rp rt rtc tbody td tfoot th thead tr wbr !doctype";
    private const string Hidden = "script style";

    private static readonly FrozenDictionary<string, NamedElement>.AlternateLookup<ReadOnlySpan<char>> Elements = new (string Names, HtmlElement Kind)[]
    {
        (Blocks, HtmlElement.Block), (Inlines, HtmlElement.Known), (Alone, HtmlElement.Alone), (Hidden, HtmlElement.Hidden),
    }.SelectMany(group => group.Names.Split(' '), (group, name) => (name, group.Kind)).GroupBy(e => e.name)
        .Select((e, number) => (e.Key, Value: new NamedElement(number, e.Aggregate(HtmlElement.Known, (all, one) => all | one.Kind))))
        .ToFrozenDictionary(e => e.Key, e => e.Value, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Attributes that are written without a value.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Valueless = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, (
        "allowfullscreen alt async autocomplete autofocus autoplay checked class compact contenteditable controls crossorigin declare default defer disabled download draggable formnovalidate hidden href id inert "
        + "ismap itemscope loop mozallowfullscreen multiple muted name nohref nomodule noresize noshade novalidate nowrap open playsinline popover readonly required reversed sandbox scoped seamless selected sortable "
        + "src style title typemustmatch value webkitallowfullscreen").Split(' ')).GetAlternateLookup<ReadOnlySpan<char>>();

    public static int Count => Elements.Dictionary.Count;

    public static NamedElement Of(ReadOnlySpan<char> name) => Elements.TryGetValue(name, out var element) ? element : default;

    /// <summary>Beside those of the standard, those with a hyphen (<c>data-x</c>).</summary>
    public static bool IsValueless(ReadOnlySpan<char> attribute) => Valueless.Contains(attribute) || (attribute.Length > 2 && attribute[1..^1].Contains('-'));
}
