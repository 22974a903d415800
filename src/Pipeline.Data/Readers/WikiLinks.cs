namespace Pipeline.Data.Readers;

internal static class WikiLinks
{
    // Namespaces of what is not read in place, in some of the larger Wikipedias.
    private static readonly HashSet<string> Hidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "file", "image", "category", "media", "datei", "bild", "kategorie", "fichier", "catégorie", "archivo", "imagen", "categoría", "ficheiro", "imagem", "categoria", "файл", "изображение", "категория", "bestand", "afbeelding", "categorie",
        "plik", "grafika", "kategoria", "immagine", "文件", "图像", "分类", "ファイル", "画像",
    };

    /// <summary>The words of a link; nothing of files, categories and the same page in other languages.</summary>
    public static string Shown(string content)
    {
        var bar = content.IndexOf('|', StringComparison.Ordinal);
        var target = (bar < 0 ? content : content[..bar]).Trim();
        if (target.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            var space = target[..colon];
            if (Hidden.Contains(space)) return "";
            if (bar < 0 && space.Length is 2 or 3 && space.All(char.IsAsciiLetterLower)) return "";
        }

        if (bar < 0) return target.TrimStart(':');
        var words = content[(bar + 1)..].Trim();
        if (words.Length > 0) return words;
        // The pipe trick: what stands before a bracket or a comma, without the namespace.
        var plain = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var cut = plain.IndexOfAny(['(', ',']);
        return cut > 0 ? plain[..cut].Trim() : plain;
    }
}
