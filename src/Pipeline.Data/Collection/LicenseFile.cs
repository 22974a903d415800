namespace Pipeline.Data.Collection;

/// <summary>The SPDX identifier of a licence by its text: the words that make each of the common ones what it is.</summary>
public static class LicenseFile
{
    private const int HeadCharacters = 4096;

    private static readonly (string Spdx, string[] Words)[] Known =
    [
        ("Apache-2.0", ["apache license", "version 2.0"]),
        ("AGPL-3.0-only", ["gnu affero general public license", "version 3"]),
        ("LGPL-3.0-only", ["gnu lesser general public license", "version 3"]),
        ("LGPL-2.1-only", ["gnu lesser general public license", "version 2.1"]),
        ("GPL-3.0-only", ["gnu general public license", "version 3"]),
        ("GPL-2.0-only", ["gnu general public license", "version 2"]),
        ("MPL-2.0", ["mozilla public license", "version 2.0"]),
        ("MIT", ["permission is hereby granted, free of charge", "the software is provided \"as is\""]),
        ("ISC", ["permission to use, copy, modify, and/or distribute this software for any purpose"]),
        ("BSD-3-Clause", ["redistribution and use in source and binary forms", "neither the name of"]),
        ("BSD-2-Clause", ["redistribution and use in source and binary forms", "this list of conditions and the following disclaimer"]),
        ("CC0-1.0", ["cc0 1.0 universal"]),
        ("CC-BY-SA-4.0", ["attribution-sharealike 4.0 international"]),
        ("CC-BY-4.0", ["attribution 4.0 international"]),
        ("Unlicense", ["this is free and unencumbered software released into the public domain"]),
    ];

    /// <summary>Whether a file at the root of a tree states its licence.</summary>
    public static bool IsOne(string path) => path.ToUpperInvariant() is "LICENSE" or "LICENSE.TXT" or "LICENSE.MD" or "LICENCE" or "LICENCE.TXT" or "LICENCE.MD" or "COPYING" or "COPYING.TXT" or "UNLICENSE";

    /// <summary>Null where it is none of the known ones.</summary>
    public static string? Detect(string text)
    {
        var head = string.Join(' ', text[..Math.Min(text.Length, HeadCharacters)].ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var (spdx, words) in Known)
            if (Array.TrueForAll(words, w => head.Contains(w, StringComparison.Ordinal))) return spdx;
        return null;
    }
}
