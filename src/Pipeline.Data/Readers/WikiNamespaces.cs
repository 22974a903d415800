namespace Pipeline.Data.Readers;

/// <summary>The names of namespaces whose links are not read in place: files, media and categories, as an export lists them in its own language beside the English ones.</summary>
internal sealed class WikiNamespaces
{
    private const int Media = -2, Files = 6, Categories = 14;
    private const int Most = 100;

    private readonly HashSet<string> hidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "file", "image", "category", "media", "datei", "bild", "kategorie", "fichier", "catégorie", "archivo", "imagen", "categoría", "ficheiro", "imagem", "categoria", "файл", "изображение", "категория", "bestand", "afbeelding", "categorie",
        "plik", "grafika", "kategoria", "immagine", "文件", "图像", "分类", "ファイル", "画像",
    };

    public bool Hide(string name) => hidden.Contains(name.Replace('_', ' ').Trim());

    public void Add(int number, string name)
    {
        if (number is Media or Files or Categories && name.Length > 0 && hidden.Count < Most) hidden.Add(name.Replace('_', ' ').Trim());
    }
}
