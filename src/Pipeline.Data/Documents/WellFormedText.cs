using System.Text;

namespace Pipeline.Data.Documents;

public static class WellFormedText
{
    /// <summary>The text with U+FFFD for each lone surrogate, which UTF-8 cannot spell.</summary>
    public static string Of(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
