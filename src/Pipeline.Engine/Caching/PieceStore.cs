using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

public enum PieceUse
{
    /// <summary>Find pieces of earlier runs, keep new ones.</summary>
    Reuse,
    /// <summary>Make all pieces, and keep them in the place of what was there.</summary>
    Renew,
    /// <summary>Neither find nor keep any: pieces last as long as the attempt.</summary>
    Ignore,
}

/// <summary>The pieces of one step. Whatever is wrong with one that was kept makes it a miss.</summary>
/// <param name="share">Where several processes make them; it needs <paramref name="reuse"/>, by which they find one another's.</param>
/// <param name="blobs">Takes the files of pieces; null leaves them where the step wrote them.</param>
/// <param name="kept">A folder for what lasts as long as the step; the same for all processes that share it.</param>
public sealed class PieceStore(StepType type, JsonObject with, JsonObject env, PieceRecords records, LocalStore? blobs, string kept, bool reuse, PieceShare? share = null) : IPieces
{
    /// <summary>Whether each piece was made here: what is found again after that was not there before.</summary>
    private readonly ConcurrentDictionary<(string Part, string Key), bool> pieces = new();
    private readonly KeptFiles files = new(kept, share);

    /// <summary>What all pieces of the step have in common. Most steps never ask: facets may be dear to find out.</summary>
    private readonly Lazy<string> step = new(() => Sha256.Of(CanonicalJson.Bytes(Recipe.OfPieces(type, with, env))));

    /// <summary>How much of the work was done in this run: <c>1 of 501 files, 2 of 18 shards done anew</c>. Null where all of it was, and where others share it: what they make just now is found too.</summary>
    public string? Anew => share is not null || pieces.Values.All(made => made) ? null
        : string.Join(", ", Parts.Select(p => (Part: p, Count: Count(p))).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count.Made:N0} of {p.Count.Made + p.Count.Found:N0} {p.Part}s"))) + " done anew";

    public IEnumerable<string> Parts => pieces.Keys.Select(p => p.Part).Distinct().Order(StringComparer.Ordinal);

    public (int Made, int Found) Count(string part)
    {
        var made = pieces.Where(p => p.Key.Part == part).CountBy(p => p.Value).ToDictionary();
        return (made.GetValueOrDefault(true), made.GetValueOrDefault(false));
    }

    public async Task<Piece<TFacts>> GetAsync<TFacts>(string part, JsonNode input, Func<Task<MadePiece<TFacts>>> make)
    {
        var key = KeyOf(part, input);
        if (reuse && Find(key, make) is { } found)
        {
            Note(part, key, isMade: false);
            return found;
        }

        var made = share is null ? Keep(key, await make(), make)
            : share.Owns(key) ? Keep(key, await share.MeasuredAsync(make), make)
            : await share.WaitAsync(() => Find(key, make)) ?? Keep(key, await share.MeasuredAsync(make), make);
        Note(part, key, isMade: true);
        return made;
    }

    public async Task<string> KeepAsync(string part, string input, bool whole, Func<string, Task> make)
    {
        var (path, isMade) = await files.GetAsync(Name(part, input), whole, make);
        Note(part, input, isMade);
        return path;
    }

    public bool IsKept(string part, string input) => files.Has(Name(part, input));

    private static string Name(string part, string input) => $"{part}-{Sha256.Of(Encoding.UTF8.GetBytes(input))}";

    private void Note(string part, string key, bool isMade) => pieces.AddOrUpdate((part, key), isMade, (_, before) => before || isMade);

    private string KeyOf(string part, JsonNode input) => Sha256.Of(CanonicalJson.Bytes(new JsonObject { ["step"] = step.Value, ["part"] = part, ["input"] = input }));

    private Piece<TFacts>? Find<TFacts>(string key, Func<Task<MadePiece<TFacts>>> make)
    {
        try
        {
            if (records.Find(key) is not { } record || record.Facts.Deserialize<TFacts>() is not { } facts) return null;
            var file = record.File is { } blob ? blobs?.Locate(blob) : null;
            return record.File is not null && file is null ? null : new(facts, record.Digest, file, () => ContentAsync(key, record, make));
        }
        catch (Exception e) when (e is DamagedBlobException or JsonException)
        {
            return null;
        }
    }

    private Piece<TFacts> Keep<TFacts>(string key, MadePiece<TFacts> made, Func<Task<MadePiece<TFacts>>> make)
    {
        var path = made.File;
        ArtifactFile? blob = null;
        if (path is not null && blobs is not null)
        {
            var size = new FileInfo(path).Length;
            blob = new(Path.GetFileName(path), size, blobs.Take(path));
            path = blobs.Locate(blob);
        }

        var record = records.Keep(key, JsonSerializer.SerializeToElement(made.Facts), made.Content, blob ?? (path is null ? null : new(Path.GetFileName(path), new FileInfo(path).Length, Sha256.OfFile(path))));
        return new(made.Facts, record.Digest, path, () => ContentAsync(key, record, make));
    }

    /// <summary>Read when it is asked for, and made anew where it went or was damaged since.</summary>
    private async Task<byte[]> ContentAsync<TFacts>(string key, PieceRecord record, Func<Task<MadePiece<TFacts>>> make)
    {
        if (records.Content(key, record) is { } content) return content;
        var again = await make();
        if (Sha256.Of(again.Content) != record.Digest) throw new StepFailedException($"A part of the work of '{type.Name}' was lost ({key[..12]}) and came out otherwise when it was done again; run again with --force.");
        Keep(key, again, make);
        return again.Content;
    }
}
