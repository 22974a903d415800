using System.Text.Json;

namespace Pipeline.Data.Extraction;

/// <summary>What the JSON-LD of a page says of its article.</summary>
internal sealed record StructuredData
{
    private const int MostNodes = 2000;

    public string? Title { get; init; }

    public string? Author { get; init; }

    public string? Date { get; init; }

    public string? Language { get; init; }

    public string? License { get; init; }

    public string? Body { get; init; }

    /// <summary>With what one more block says; a block that is no JSON says nothing.</summary>
    public StructuredData With(ReadOnlySpan<char> json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(Trim(json).ToString(), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 });
            return Article(parsed.RootElement) is { } article ? With(article) : this;
        }
        catch (JsonException)
        {
            return this;
        }
    }

    private StructuredData With(JsonElement article) => this with
    {
        Title = Title ?? Text(article, "headline") ?? Text(article, "name"),
        Author = Author ?? Names(article, "author") ?? Names(article, "creator"),
        Date = Date ?? Text(article, "datePublished"),
        Language = Language ?? Text(article, "inLanguage"),
        License = License ?? Text(article, "license"),
        Body = Body ?? Text(article, "articleBody") ?? Text(article, "text"),
    };

    /// <summary>The first object, wherever it stands, whose type is one of an article.</summary>
    private static JsonElement? Article(JsonElement root)
    {
        var queue = new Queue<JsonElement>([root]);
        for (var seen = 0; seen < MostNodes && queue.TryDequeue(out var node); seen++)
        {
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray().Take(MostNodes)) queue.Enqueue(item);
            }
            else if (node.ValueKind == JsonValueKind.Object)
            {
                if (node.TryGetProperty("@type", out var type) && IsArticle(type)) return node;
                foreach (var property in (ReadOnlySpan<string>)["@graph", "mainEntity"])
                    if (node.TryGetProperty(property, out var inner)) queue.Enqueue(inner);
            }
        }

        return null;
    }

    private static bool IsArticle(JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => type.GetString() is { } name && (name.EndsWith("Article", StringComparison.Ordinal) || name.EndsWith("Posting", StringComparison.Ordinal) && name != "JobPosting" || name is "Report" or "SocialMediaPosting"),
        JsonValueKind.Array => type.EnumerateArray().Take(16).Any(IsArticle),
        _ => false,
    };

    private static string? Text(JsonElement element, string property) => element.TryGetProperty(property, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    private static string? Names(JsonElement element, string property)
    {
        if (!element.TryGetProperty(property, out var value)) return null;
        IEnumerable<JsonElement> people = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Take(20) : [value];
        var names = people.Select(p => p.ValueKind == JsonValueKind.Object ? Text(p, "name") : Text(p)).OfType<string>().Where(n => !n.StartsWith("http", StringComparison.OrdinalIgnoreCase)).ToList();
        return names.Count > 0 ? string.Join(", ", names) : null;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> json)
    {
        json = json.Trim();
        if (json.StartsWith("<![CDATA[")) json = json["<![CDATA[".Length..];
        if (json.EndsWith("]]>")) json = json[..^3];
        return json.TrimEnd(';');
    }
}
