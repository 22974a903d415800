using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipeline.Data.Crawling;

/// <summary>The README of a dataset, which begins with YAML.</summary>
internal static class DatasetCard
{
    private const int MostDepth = 50;

    /// <summary>The licence that the YAML before a card states, as SPDX spells it.</summary>
    public static string? LicenseOf(string card)
    {
        if (!card.StartsWith("---", StringComparison.Ordinal)) return null;
        var end = card.IndexOf("\n---", 3, StringComparison.Ordinal);
        if (end < 0) return null;
        try
        {
            // Event by event: no depth of what a card nests can matter.
            var parser = new Parser(new StringReader(card[3..end]));
            var (depth, key, wanted, isKey) = (0, "", false, true);
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case Scalar scalar when depth == 1:
                        if (isKey) key = scalar.Value;
                        else if (key == "license") return Spdx(scalar.Value);
                        isKey = !isKey;
                        break;
                    case Scalar scalar when wanted && depth == 2:
                        return Spdx(scalar.Value);
                    case MappingStart or SequenceStart:
                        wanted = depth == 1 && key == "license" && parser.Current is SequenceStart;
                        // The parser's time grows with the square of the depth.
                        if (++depth > MostDepth) return null;
                        break;
                    case MappingEnd or SequenceEnd:
                        if (--depth == 1) (isKey, wanted) = (true, false);
                        break;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A card is written by hand, and the parser fails in many ways; a dataset then has no licence that is known.
        }

        return null;
    }

    /// <summary>The Hub's words for licences are those of SPDX in lower case, but for some.</summary>
    private static string? Spdx(string word)
    {
        var name = word.Trim().ToLowerInvariant();
        if (name.Length is 0 or > 64 || name is "other" or "unknown" or "cc" or "gpl" or "lgpl" or "bsd" or "llama2" or "llama3" or "openrail" or "c-uda") return null;
        return name switch
        {
            "mit" => "MIT",
            "apache-2.0" => "Apache-2.0",
            "unlicense" => "Unlicense",
            "odc-by" => "ODC-By-1.0",
            "odbl" => "ODbL-1.0",
            "pddl" => "PDDL-1.0",
            "gfdl" => "GFDL-1.3-or-later",
            "isc" => "ISC",
            "wtfpl" => "WTFPL",
            "zlib" => "Zlib",
            "gpl-2.0" or "gpl-3.0" or "lgpl-2.1" or "lgpl-3.0" or "agpl-3.0" => name.ToUpperInvariant() + "-only",
            _ when name.StartsWith("cc", StringComparison.Ordinal) || name.StartsWith("bsd-", StringComparison.Ordinal) || name.StartsWith("mpl-", StringComparison.Ordinal) || name.StartsWith("epl-", StringComparison.Ordinal)
                || name.StartsWith("osl-", StringComparison.Ordinal) || name.StartsWith("afl-", StringComparison.Ordinal) || name.StartsWith("eupl-", StringComparison.Ordinal) || name.StartsWith("ecl-", StringComparison.Ordinal) => Capitals(name),
            _ => null,
        };

        // BSD-3-Clause, CC-BY-4.0, CC0-1.0
        static string Capitals(string name) => string.Join('-', name.Split('-').Select(part => part is "clause" or "patent" or "clear" ? char.ToUpperInvariant(part[0]) + part[1..] : part.ToUpperInvariant()));
    }
}
