using System.Collections.Frozen;

namespace Pipeline.Data.Extraction;

internal static class AttributeNames
{
    private static readonly FrozenDictionary<string, PageAttribute>.AlternateLookup<ReadOnlySpan<char>> ByName = Enum.GetValues<PageAttribute>().Where(a => a != PageAttribute.None)
        .ToFrozenDictionary(Spelled, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    public static PageAttribute Named(ReadOnlySpan<char> name) =>
        ByName.TryGetValue(name, out var attribute) ? attribute : name.Equals("xml:lang", StringComparison.OrdinalIgnoreCase) ? PageAttribute.Lang : PageAttribute.None;

    private static string Spelled(PageAttribute attribute) => attribute switch
    {
        PageAttribute.AriaHidden => "aria-hidden",
        PageAttribute.AriaModal => "aria-modal",
        PageAttribute.HttpEquiv => "http-equiv",
        _ => attribute.ToString(),
    };
}
