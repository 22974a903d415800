namespace Pipeline.Data.Crawling;

/// <summary><c>hf://datasets/OWNER/NAME[@REVISION]/PATH</c>; in the path <c>*</c> is any characters.</summary>
public sealed record HubAddress(string Dataset, string Revision, string Path)
{
    public const string Form = "hf://datasets/OWNER/NAME[@REVISION]/PATH";

    private const string Start = "hf://datasets/";

    /// <summary>Null for what is none.</summary>
    public static HubAddress? Parse(string text)
    {
        if (!text.StartsWith(Start, StringComparison.Ordinal)) return null;
        var parts = text[Start.Length..].Split('/', 3);
        if (parts.Length < 3) return null;
        var name = parts[1].Split('@', 2);
        var revision = name.Length == 2 ? Uri.UnescapeDataString(name[1]) : "main";
        return IsName(parts[0]) && IsName(name[0]) && revision.Length > 0 && parts[2].Length > 0 && !parts[2].Split('/').Contains("..") ? new($"{parts[0]}/{name[0]}", revision, parts[2]) : null;
    }

    public bool Takes(string path) => Wildcards.Matches(Path, path, toEnd: true);

    /// <summary>A file of it, by the revision as it is written.</summary>
    public string NameOf(string path) => $"{Start}{Dataset}{(Revision == "main" ? "" : "@" + Uri.EscapeDataString(Revision))}/{path}";

    private static bool IsName(string name) => name.Length is > 0 and <= 96 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name.Trim('.').Length > 0;
}
