using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipeline.Data.Crawling;

/// <summary>Looks datasets up on a Hugging Face Hub.</summary>
public sealed class HuggingFaceHub(WebFetcher web, Uri endpoint, string? token)
{
    private const int MostPages = 10_000;
    private const int MostCardBytes = 1 << 16;

    /// <summary>Sent to the Hub and not where that redirects to.</summary>
    public string? Authorization => token is null ? null : $"Bearer {token}";

    public Uri AddressOf(string dataset, string commit, string path) => new(endpoint, $"datasets/{dataset}/resolve/{commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");

    /// <exception cref="InvalidDataException">The Hub does not answer, or not as one; the message names the dataset.</exception>
    public async Task<HubRevision> FindAsync(string dataset, string revision, CancellationToken cancellation)
    {
        var about = await JsonAsync(dataset, new(endpoint, $"api/datasets/{dataset}/revision/{Uri.EscapeDataString(revision)}"), cancellation);
        if (Text(about.Body, "sha") is not { Length: 40 } commit || !commit.All(char.IsAsciiHexDigitLower)) throw new InvalidDataException($"{dataset}: the Hub names no commit for the revision '{revision}'.");
        var files = new List<HubFile>();
        var next = new Uri(endpoint, $"api/datasets/{dataset}/tree/{commit}?recursive=true");
        for (var pages = 0; next is not null && pages < MostPages; pages++)
        {
            var (body, links) = await JsonAsync(dataset, next, cancellation);
            if (body.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"{dataset}: the Hub's list of files is no list.");
            files.AddRange(body.EnumerateArray().Where(f => Text(f, "type") == "file").Select(FileOf).OfType<HubFile>());
            next = NextOf(links, next);
        }

        var card = files.Exists(f => f.Path == "README.md") ? await CardAsync(dataset, commit, cancellation) : "";
        return new(commit, DatasetCard.LicenseOf(card), [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);
    }

    private async Task<(JsonElement Body, IReadOnlyList<string> Links)> JsonAsync(string dataset, Uri address, CancellationToken cancellation)
    {
        var answer = await web.GetAsync(new(address, Authorization: Authorization), null, cancellation);
        // Datasets are renamed; the Hub then knows the new name.
        for (var hops = 0; hops < 5 && answer.IsRedirect && WebAddress.Normalize(answer.Location!, address, []) is { } moved && moved.Authority == endpoint.Authority; hops++)
            answer = await web.GetAsync(new(address = moved, Authorization: Authorization), null, cancellation);
        if (!answer.IsSuccess)
        {
            var remedy = answer.Status is 401 or 403 or 404 ? token is null ? "; it may need a token (with: { token: ${{ secrets.NAME }} }), or is not there" : "; the token may not read it, or it is not there" : "";
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{dataset}: {address.Host} answered {(answer.Status > 0 ? $"{answer.Status}" : answer.Detail)}{remedy}."));
        }

        try
        {
            return (JsonDocument.Parse(answer.Body).RootElement, answer.Links);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{dataset}: {address.Host} answered what is no JSON ({e.Message}).", e);
        }
    }

    private async Task<string> CardAsync(string dataset, string commit, CancellationToken cancellation)
    {
        try
        {
            await using var content = await web.OpenAsync(new(AddressOf(dataset, commit, "README.md"), Authorization: Authorization), 0, cancellation);
            var card = new byte[MostCardBytes];
            var length = await content.ReadAtLeastAsync(card, card.Length, throwOnEndOfStream: false, cancellation);
            return Encoding.UTF8.GetString(card, 0, length).ReplaceLineEndings("\n");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or HttpRequestException)
        {
            throw new InvalidDataException($"{dataset}: its card, which states the licence, cannot be read ({e.Message}).", e);
        }
    }

    private static HubFile? FileOf(JsonElement file)
    {
        if (Text(file, "path") is not { Length: > 0 } path || !file.TryGetProperty("size", out var size) || !size.TryGetInt64(out var bytes) || bytes < 0) return null;
        var large = file.TryGetProperty("lfs", out var lfs) ? Text(lfs, "oid") : null;
        return new(path, bytes, large is { Length: 64 } ? large : null, large is null && Text(file, "oid") is { Length: 40 } git ? git : null);
    }

    /// <summary>The page after this one, of the Hub itself (RFC 8288).</summary>
    private Uri? NextOf(IReadOnlyList<string> links, Uri page)
    {
        foreach (var link in links.SelectMany(l => l.Split(',')))
        {
            var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
            if (open < 0 || close < open || !link[close..].Contains("rel=\"next\"", StringComparison.OrdinalIgnoreCase)) continue;
            return Uri.TryCreate(page, link[(open + 1)..close], out var next) && next.Authority == endpoint.Authority ? next : null;
        }

        return null;
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
