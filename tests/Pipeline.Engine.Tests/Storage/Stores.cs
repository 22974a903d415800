using Pipeline.Engine.Storage;
using Pipeline.TestKit;

[assembly: AssemblyFixture(typeof(Pipeline.Engine.Tests.Storage.Stores))]

namespace Pipeline.Engine.Tests.Storage;

/// <summary>The three kinds of remote store, on real servers that are started when a test first asks for them.</summary>
public sealed class Stores : IDisposable
{
    public static readonly TheoryData<string> Kinds = new("file", "az", "s3");

    private readonly TemporaryFolder folder = new();
    private readonly Lazy<StorageServer> azurite = new(StorageServer.Azurite);
    private readonly Lazy<StorageServer> s3 = new(StorageServer.S3);
    private int opened;

    /// <summary>An empty store of a kind.</summary>
    public IRemoteStore Open(string kind)
    {
        Assert.SkipWhen(kind != "file" && StorageServer.Unavailable is not null, StorageServer.Unavailable ?? "");
        var name = $"store{Interlocked.Increment(ref opened)}";
        return kind switch
        {
            "az" => OpenLike(kind, azurite.Value.Uri(name)),
            "s3" => OpenLike(kind, s3.Value.Uri(name)),
            _ => RemoteStores.Open("file:" + name, folder.Path, _ => null),
        };
    }

    /// <summary>A store of a kind, az or s3, behind a bad line: an empty one where no address is given.</summary>
    public IRemoteStore OpenThrough(string kind, Func<Uri, FlakyProxy> proxyTo, out FlakyProxy proxy, string? address = null)
    {
        Assert.SkipWhen(StorageServer.Unavailable is not null, StorageServer.Unavailable ?? "");
        var server = kind == "az" ? azurite.Value : s3.Value;
        proxy = proxyTo(new Uri($"http://127.0.0.1:{server.Port}"));
        return OpenLike(kind, address ?? server.Uri($"store{Interlocked.Increment(ref opened)}"), proxy.Port);
    }

    /// <summary>A store of another URI on the server of that kind.</summary>
    public IRemoteStore OpenLike(string kind, string uri, int? port = null)
    {
        var server = kind == "az" ? azurite.Value : s3.Value;
        var variables = port is { } through ? server.VariablesAt(through) : server.Variables;
        // The AWS client looks its credentials up by itself.
        foreach (var (variable, value) in server.Variables.Where(v => v.Key.Contains("ACCESS_KEY", StringComparison.Ordinal))) Environment.SetEnvironmentVariable(variable, value);
        return RemoteStores.Open(uri, "/", variables.GetValueOrDefault);
    }

    public void Dispose()
    {
        if (azurite.IsValueCreated) azurite.Value.Dispose();
        if (s3.IsValueCreated) s3.Value.Dispose();
        folder.Dispose();
    }
}
