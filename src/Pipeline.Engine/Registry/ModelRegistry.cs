using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Registry;

/// <summary>Another writer moved the alias between this one's look and its write. Nothing was changed.</summary>
public sealed class AliasMovedException(string message) : Exception(message);

/// <summary>An entry of the registry is damaged, or is not there. The message stands alone.</summary>
public sealed class RegistryException(string message) : Exception(message);

/// <summary>
/// Models by name, version and alias, as objects of a store that are created if absent and never changed: <c>models/NAME/versions/000001.json</c>, <c>models/NAME/ALIAS/000001.json</c>.
/// Writers of one model take turns under a claim, for stores that do not know the condition "if absent"; those who do are safe without it.
/// </summary>
/// <param name="claims">Over the same store.</param>
public sealed class ModelRegistry(IRemoteStore store, Claims claims, TimeProvider clock)
{
    private const string Root = "models/";

    /// <summary>Longer than a claim outlives its holder.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public string Address => store.Address;

    /// <summary>Each model with its aliases and where they point.</summary>
    public async Task<IReadOnlyList<(string Name, int Versions, IReadOnlyDictionary<string, AliasEntry> Aliases)>> ListAsync(CancellationToken cancellation)
    {
        var numbers = new SortedDictionary<string, SortedDictionary<string, int>>(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(Root, cancellation))
        {
            if (found.Name[Root.Length..].Split('/') is not [var name, var folder, var file] || NumberOf(file) is not { } number) continue;
            if (!numbers.TryGetValue(name, out var folders)) numbers[name] = folders = new(StringComparer.Ordinal);
            folders[folder] = Math.Max(number, folders.GetValueOrDefault(folder));
        }

        var models = new List<(string, int, IReadOnlyDictionary<string, AliasEntry>)>();
        foreach (var (name, folders) in numbers)
        {
            var aliases = new SortedDictionary<string, AliasEntry>(StringComparer.Ordinal);
            foreach (var (alias, last) in folders.Where(f => f.Key != ModelReference.VersionsFolder)) aliases[alias] = await EntryAsync(name, alias, last, cancellation);
            models.Add((name, folders.GetValueOrDefault(ModelReference.VersionsFolder), aliases));
        }

        return models;
    }

    /// <summary>The entries of an alias, oldest first; empty where there is none.</summary>
    public async Task<IReadOnlyList<AliasEntry>> HistoryAsync(string name, string alias, CancellationToken cancellation)
    {
        var entries = new List<AliasEntry>();
        foreach (var number in await NumbersAsync(name, alias, cancellation)) entries.Add(await EntryAsync(name, alias, number, cancellation));
        return entries;
    }

    /// <summary>Where an alias points, or null where there is none.</summary>
    public async Task<AliasEntry?> CurrentAsync(string name, string alias, CancellationToken cancellation) =>
        await NumbersAsync(name, alias, cancellation) is { Count: > 0 } numbers ? await EntryAsync(name, alias, numbers[^1], cancellation) : null;

    private async Task<AliasEntry> EntryAsync(string name, string alias, int number, CancellationToken cancellation)
    {
        var entry = await RequireAsync(PathOf(name, alias, number), RegistryJson.Default.AliasEntry, cancellation);
        if (entry.Number == number && entry is { Action: not null, By: not null, Metrics: not null, Gates: not null, Nonce: not null, Note: not null } && entry.Gates.All(g => g is not null)) return entry;
        throw new RegistryException($"{PathOf(name, alias, number)} in {Address} contradicts itself; it was not written by this program or is damaged. Remove it, or put back what it was.");
    }

    /// <summary>All versions of a model, oldest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, CancellationToken cancellation)
    {
        var versions = new List<ModelVersion>();
        foreach (var number in await NumbersAsync(name, ModelReference.VersionsFolder, cancellation)) versions.Add(await VersionAsync(name, number, cancellation));
        return versions;
    }

    /// <exception cref="RegistryException">There is no such version, or its entry is damaged.</exception>
    public async Task<ModelVersion> VersionAsync(string name, int number, CancellationToken cancellation)
    {
        var version = await RequireAsync(PathOf(name, ModelReference.VersionsFolder, number), RegistryJson.Default.ModelVersion, cancellation);
        // Others write into this store: what an entry names is checked before it is used as a path.
        if (version.Number != number || version.Files is null || !version.Files.All(f => f is not null && Manifest.IsInside(f.Path) && Sha256.IsDigest(f.Sha256) && f.Size >= 0) || new Manifest(version.Files).Digest != version.Digest)
            throw new RegistryException($"The entry of {name}@{number} in {Address} contradicts itself; it was not written by this program or is damaged. Point the alias at another version: pipeline registry rollback");
        return version;
    }

    /// <summary>What a reference stands for; a name alone means the newest version.</summary>
    /// <exception cref="RegistryException">There is no such thing.</exception>
    public async Task<ModelVersion> ResolveAsync(ModelReference reference, CancellationToken cancellation)
    {
        if (reference.Version is { } number) return await VersionAsync(reference.Name, number, cancellation);
        if (reference.Alias is { } alias)
        {
            var entry = await CurrentAsync(reference.Name, alias, cancellation) ?? throw new RegistryException($"There is no alias '{reference}' in {Address}; see: pipeline registry ls");
            return await VersionAsync(reference.Name, entry.Version, cancellation);
        }

        return await NumbersAsync(reference.Name, ModelReference.VersionsFolder, cancellation) is { Count: > 0 } numbers ? await VersionAsync(reference.Name, numbers[^1], cancellation)
            : throw new RegistryException($"There is no model '{reference.Name}' in {Address}; see: pipeline registry ls");
    }

    /// <summary>The version of an artifact: the one that it already is, or the next.</summary>
    public async Task<ModelVersion> AddVersionAsync(string name, ModelVersion made, CancellationToken cancellation)
    {
        await using var claim = await TakeTurnAsync(name, cancellation);
        while (true)
        {
            var numbers = await NumbersAsync(name, ModelReference.VersionsFolder, cancellation);
            foreach (var number in numbers)
            {
                // A damaged version is none that is known, and no reason to take no other.
                if (await TryVersionAsync(name, number, cancellation) is { } known && known.Digest == made.Digest) return known;
            }

            var next = made with { Number = (numbers.Count == 0 ? 0 : numbers[^1]) + 1 };
            if (await PutAsync(PathOf(name, ModelReference.VersionsFolder, next.Number), next, RegistryJson.Default.ModelVersion, cancellation)) return next;
        }
    }

    private async Task<ModelVersion?> TryVersionAsync(string name, int number, CancellationToken cancellation)
    {
        try
        {
            return await VersionAsync(name, number, cancellation);
        }
        catch (RegistryException)
        {
            return null;
        }
    }

    /// <summary>Adds the next entry of an alias, if the alias still is where <paramref name="seen"/> says.</summary>
    /// <param name="seen">The entry that the caller judged by; null where there was none.</param>
    /// <exception cref="AliasMovedException">Another was first.</exception>
    public async Task<AliasEntry> PointAsync(string name, string alias, AliasEntry? seen, AliasEntry entry, CancellationToken cancellation)
    {
        await using var claim = await TakeTurnAsync(name, cancellation);
        entry = entry with { Number = (seen?.Number ?? 0) + 1, Previous = seen?.Version, Nonce = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)) };
        var path = PathOf(name, alias, entry.Number);
        var now = await CurrentAsync(name, alias, cancellation);
        if (now?.Number == seen?.Number)
        {
            // The entry that stays in the end tells who won: a store may ignore the condition, and a request that was tried again may have made what it then finds.
            await PutAsync(path, entry, RegistryJson.Default.AliasEntry, cancellation);
            if (await ReadAsync(path, RegistryJson.Default.AliasEntry, cancellation) is { } kept && kept.Nonce == entry.Nonce) return entry;
        }

        now = await CurrentAsync(name, alias, cancellation);
        throw new AliasMovedException($"{name}@{alias} was moved by another at the same time{(now is null ? "" : $": {now.By} pointed it at version {now.Version} at {now.At:yyyy-MM-dd HH:mm:ss} UTC")}. Nothing was changed; look, and do it again if it is still wanted.");
    }

    private async Task<Claim> TakeTurnAsync(string name, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            if (await claims.TryTakeAsync("model-" + Sha256.Of(System.Text.Encoding.UTF8.GetBytes(name)), cancellation) is { } claim) return claim;
            if (clock.GetElapsedTime(since) > Patience) throw new RegistryException($"Another writer holds the model '{name}' in {Address} for more than {Patience.TotalSeconds:0} s. Nothing was changed; try again.");
            await Task.Delay(200, cancellation);
        }
    }

    private async Task<List<int>> NumbersAsync(string name, string folder, CancellationToken cancellation)
    {
        var prefix = $"{Root}{name}/{folder}/";
        var numbers = new List<int>();
        await foreach (var found in store.ListAsync(prefix, cancellation))
        {
            if (NumberOf(found.Name[prefix.Length..]) is { } number) numbers.Add(number);
        }

        numbers.Sort();
        return numbers;
    }

    private static string PathOf(string name, string folder, int number) => string.Create(CultureInfo.InvariantCulture, $"{Root}{name}/{folder}/{number:000000}.json");

    private static int? NumberOf(string file) => file.EndsWith(".json", StringComparison.Ordinal) && int.TryParse(file[..^5], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private Task<bool> PutAsync<T>(string path, T entry, JsonTypeInfo<T> type, CancellationToken cancellation) => store.PutAsync(path, JsonSerializer.SerializeToUtf8Bytes(entry, type), replace: false, cancellation);

    private async Task<T?> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        if (await store.ReadAsync(path, cancellation) is not { } bytes) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RegistryException($"{path} in {Address} is damaged: {e.Message}");
        }
    }

    private async Task<T> RequireAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class => await ReadAsync(path, type, cancellation) ?? throw new RegistryException($"There is no {path} in {Address}; see: pipeline registry ls");
}
