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
        if (uri.StartsWith("file:", StringComparison.Ordinal))
        {
            var path = uri["file:".Length..];
            if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..];
            return path.Length > 0 ? new FolderStore(uri, Path.GetFullPath(path, folder)) : throw new RemoteStoreException($"'{uri}' names no folder; {Forms}");
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("az" or "s3")) throw new RemoteStoreException($"'{WithoutQuery(uri)}' is no store; {Forms}");
        if (parsed.Query.Length > 0 || parsed.UserInfo.Length > 0) throw new RemoteStoreException($"'{parsed.Scheme}://{parsed.Host}' comes with a key or a signature in its URI, which would end in logs; leave it out and set {(parsed.Scheme == "az" ? AzureStore.Variable : "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")} instead");
        var rest = Uri.UnescapeDataString(parsed.AbsolutePath).Trim('/');
        // The host of a URI is lower-cased by its parser; so are accounts and buckets themselves.
        if (parsed.Scheme == "s3") return parsed.Host.Length > 0 ? new S3Store(uri, parsed.Host, Prefix(rest), environment) : throw new RemoteStoreException($"'{uri}' names no bucket; {Forms}");
        var (container, prefix) = rest.IndexOf('/') is var slash and > 0 ? (rest[..slash], rest[(slash + 1)..]) : (rest, "");
        return parsed.Host.Length > 0 && container.Length > 0 ? new AzureStore(uri, parsed.Host, container, Prefix(prefix), environment) : throw new RemoteStoreException($"'{uri}' names no account and container; {Forms}");
    }

    private static string Prefix(string path) => path.Length == 0 ? "" : path + "/";

    private static string WithoutQuery(string uri) => uri.Split('?')[0];
}
