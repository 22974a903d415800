namespace Pipeline.Data.Extraction;

/// <summary>SPDX identifiers of the licences that pages link to.</summary>
internal static class Licenses
{
    private static readonly (string Part, string Spdx)[] Known =
    [
        ("opensource.org/licenses/mit", "MIT"), ("opensource.org/license/mit", "MIT"), ("apache.org/licenses/license-2.0", "Apache-2.0"), ("gnu.org/licenses/fdl-1.3", "GFDL-1.3-only"), ("gnu.org/licenses/fdl-1.2", "GFDL-1.2-only"),
        ("gnu.org/licenses/gpl-3.0", "GPL-3.0-only"), ("gnu.org/licenses/gpl-2.0", "GPL-2.0-only"), ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"), ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
        ("unlicense.org", "Unlicense"), ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"), ("creativecommons.org/publicdomain/mark/1.0", "CC-PDM-1.0"),
    ];

    /// <summary>Null where the address is none of a known licence. A national version of a Creative Commons licence counts as the international text of its version.</summary>
    public static string? OfAddress(string? address)
    {
        if (address is not { Length: > 0 and <= 2000 }) return null;
        if (address.IndexOf("creativecommons.org/licenses/", StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var parts = address[(at + "creativecommons.org/licenses/".Length)..].Split('/', '?', '#');
            return parts.Length > 1 && parts[0].ToLowerInvariant() is "by" or "by-sa" or "by-nd" or "by-nc" or "by-nc-sa" or "by-nc-nd" && parts[1] is "1.0" or "2.0" or "2.5" or "3.0" or "4.0"
                ? $"CC-{parts[0].ToUpperInvariant()}-{parts[1]}"
                : null;
        }

        foreach (var (part, spdx) in Known)
            if (address.Contains(part, StringComparison.OrdinalIgnoreCase)) return spdx;
        return null;
    }
}
