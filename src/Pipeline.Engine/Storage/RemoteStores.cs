namespace Pipeline.Engine.Storage;

/// <summary>Opens the store that a URI names.</summary>
public static class RemoteStores
{
    private const string Forms = "write file:FOLDER, az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX";

    /// <param name="folder">Where relative <c>file:</c> paths start.</param>
    /// <param name="environment">Where credentials are looked up.</param>
    /// <exception cref="RemoteStoreException">The URI names no store, or holds a secret.</exception>
    public static IRemoteStore Open(string uri, string folder, Func<string, string?> environment) => new SteadyStore(OpenBare(uri, folder, environment), TimeProvider.System);

    private static IRemoteStore OpenBare(string uri, string folder, Func<string, string?> environment)
    {
        var place = Parse(uri);
        return place.Scheme switch
        {
            "file" => new FolderStore(uri, System.IO.Path.GetFullPath(place.Path, folder)),
            "s3" => new S3Store(uri, place.Host, Prefix(place.Path), environment),
            _ => new AzureStore(uri, place.Host, place.Container, Prefix(place.Path), environment),
        };
    }

    /// <summary>As <see cref="Open"/>, but opens nothing.</summary>
    /// <exception cref="RemoteStoreException">The URI names no store, or holds a secret.</exception>
    public static void Check(string uri) => _ = Parse(uri);

    private static (string Scheme, string Host, string Container, string Path) Parse(string uri)
    {
        if (uri.StartsWith("file:", StringComparison.Ordinal))
        {
            var path = uri["file:".Length..];
            if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..];
            return path.Length > 0 ? ("file", "", "", path) : throw new RemoteStoreException($"'{uri}' names no folder; {Forms}");
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("az" or "s3")) throw new RemoteStoreException($"'{WithoutQuery(uri)}' is no store; {Forms}");
        if (parsed.Query.Length > 0 || parsed.UserInfo.Length > 0) throw new RemoteStoreException($"'{parsed.Scheme}://{parsed.Host}' comes with a key or a signature in its URI, which would end in logs; leave it out and set {(parsed.Scheme == "az" ? AzureStore.Variable : "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")} instead");
        var rest = Uri.UnescapeDataString(parsed.AbsolutePath).Trim('/');
        // The host of a URI is lower-cased by its parser; so are accounts and buckets themselves.
        if (parsed.Scheme == "s3") return parsed.Host.Length > 0 ? ("s3", parsed.Host, "", rest) : throw new RemoteStoreException($"'{uri}' names no bucket; {Forms}");
        var (container, prefix) = rest.IndexOf('/') is var slash and > 0 ? (rest[..slash], rest[(slash + 1)..]) : (rest, "");
        return parsed.Host.Length > 0 && container.Length > 0 ? ("az", parsed.Host, container, prefix) : throw new RemoteStoreException($"'{uri}' names no account and container; {Forms}");
    }

    private static string Prefix(string path) => path.Length == 0 ? "" : path + "/";

    private static string WithoutQuery(string uri) => uri.Split('?')[0];
}
