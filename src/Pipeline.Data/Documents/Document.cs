using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>One text with where it comes from and under what terms.</summary>
public sealed record Document
{
    /// <summary>Metadata: the number, from 1, of the record of its source that has no id, such as a line.</summary>
    public const string RecordKey = "record";

    public const string UnknownLicense = "unknown";

    private const int CharactersAtOnce = 1 << 12;

    /// <summary>32 hex digits that stay with the document through every later stage, see <see cref="Create"/>; of a piece of a document with its number behind them (<c>…#0001</c>).</summary>
    public required string Id { get; init; }

    public required string Text { get; init; }

    /// <summary>Path relative to the folder that the files were collected from, or URL.</summary>
    public required string Source { get; init; }

    public string? Url { get; init; }

    public string MediaType { get; init; } = "text/plain";

    /// <summary>BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>SPDX identifier, or <see cref="UnknownLicense"/>.</summary>
    public string License { get; init; } = UnknownLicense;

    /// <summary>Verdict of robots.txt: <c>allowed</c>, <c>disallowed</c>, or <c>none</c> where none was asked.</summary>
    public string Robots { get; init; } = "none";

    /// <summary>Sorted by key, ordinally, however it was given.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = Sorted(value); } = Sorted([]);

    /// <summary>Its id and where it is from, for people to find it.</summary>
    public string Named => $"{Id} ({Source}{(Metadata.TryGetValue("id", out var id) ? $", id {id}" : Metadata.TryGetValue(RecordKey, out var record) ? $":{record}" : "")})";

    /// <summary>A new document whose id is the start of SHA-256 over source, part and text.</summary>
    /// <param name="part">Tells apart documents of one source that may have equal text, such as a member's name or a line number.</param>
    public static Document Create(string source, string text, string part = "") =>
        new() { Id = StableId(source, part, text), Source = source, Text = text };

    /// <summary>Id of a text at a place: 16 bytes of SHA-256, lower-case hex.</summary>
    public static string StableId(string source, string part, string text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Some of it at a time: a text may be as large as memory allows.
        var (encoder, bytes) = (Encoding.UTF8.GetEncoder(), new byte[Encoding.UTF8.GetMaxByteCount(CharactersAtOnce)]);
        foreach (var piece in (ReadOnlySpan<string>)[source, "\0", part, "\0", text])
        {
            for (var at = 0; at < piece.Length; at += CharactersAtOnce)
            {
                var some = piece.AsSpan(at, Math.Min(CharactersAtOnce, piece.Length - at));
                hash.AppendData(bytes.AsSpan(0, encoder.GetBytes(some, bytes, flush: at + some.Length == piece.Length)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static SortedList<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var sorted = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries) sorted.Add(key, value);
        return sorted;
    }
}
