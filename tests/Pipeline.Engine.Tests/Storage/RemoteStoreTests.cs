using System.Text;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Storage;

public sealed class RemoteStoreTests(Stores stores)
{
    public static TheoryData<string> Kinds => Stores.Kinds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Small_objects_are_put_read_listed_replaced_and_deleted(string kind)
    {
        using var store = stores.Open(kind);
        Assert.Null(await store.ReadAsync("a/nothing", Stop));
        Assert.Empty(await Names(store, "a/"));
        Assert.True(await store.PutAsync("a/b/one", "1"u8.ToArray(), replace: false, Stop));
        Assert.True(await store.PutAsync("a/two", "22"u8.ToArray(), replace: false, Stop));
        Assert.True(await store.PutAsync("ab/three", ReadOnlyMemory<byte>.Empty, replace: false, Stop));
        Assert.Equal(["a/b/one", "a/two"], await Names(store, "a/"));
        Assert.Equal(["a/b/one", "a/two", "ab/three"], await Names(store, "a"));
        Assert.Equal(["a/two"], await Names(store, "a/tw"));

        Assert.False(await store.PutAsync("a/two", "other"u8.ToArray(), replace: false, Stop));
        Assert.Equal("22", Encoding.UTF8.GetString((await store.ReadAsync("a/two", Stop))!));
        var before = await One(store, "a/two");
        Assert.True(await store.PutAsync("a/two", "other"u8.ToArray(), replace: true, Stop));
        Assert.Equal("other", Encoding.UTF8.GetString((await store.ReadAsync("a/two", Stop))!));
        var after = await One(store, "a/two");
        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal(5, after.Size);

        await store.DeleteAsync("a/two", Stop);
        await store.DeleteAsync("a/two", Stop);
        Assert.Equal(["a/b/one"], await Names(store, "a/"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_large_file_goes_up_and_comes_down_as_it_was(string kind)
    {
        using var store = stores.Open(kind);
        using var folder = new TemporaryFolder();
        var bytes = new byte[(40 << 20) + 12345];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(folder["up"], bytes, Stop);
        Assert.True(await store.UploadAsync("blobs/large", bytes.Length, () => File.OpenRead(folder["up"]), replace: false, Stop));
        Assert.False(await store.UploadAsync("blobs/large", bytes.Length, () => File.OpenRead(folder["up"]), replace: false, Stop));
        Assert.True(await store.DownloadAsync("blobs/large", folder["down"], Stop));
        Assert.Equal(Sha256.OfFile(folder["up"]), Sha256.OfFile(folder["down"]));
        Assert.False(await store.DownloadAsync("blobs/none", folder["none"], Stop));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_blob_that_is_damaged_here_does_not_appear_there(string kind)
    {
        using var store = stores.Open(kind);
        using var folder = new TemporaryFolder();
        var local = new LocalStore(folder["local"]);
        foreach (var size in new[] { 5, 8 << 20, (40 << 20) + 3 })
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            var file = new ArtifactFile("model", size, local.Put(bytes));
            await using (var damaged = File.OpenWrite(Path.Combine(local.Root, "blobs", file.Sha256[..2], file.Sha256))) damaged.WriteByte((byte)~bytes[0]);
            Assert.Equal(file.Sha256, (await Assert.ThrowsAsync<DamagedBlobException>(() => store.UploadAsync("blobs/damaged", size, () => local.Open(file), replace: false, Stop))).Digest);
            Assert.False(await store.DownloadAsync("blobs/damaged", folder["down"], Stop));
            Assert.False(local.Has(file));
            Assert.Throws<DamagedBlobException>(() => local.Open(file));
        }
    }

    [Theory]
    [InlineData("file")]
    [InlineData("az")]
    public async Task Of_many_who_create_one_object_one_is_told_that_it_did(string kind)
    {
        using var store = stores.Open(kind);
        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.PutAsync("once", Encoding.UTF8.GetBytes($"{i}"), replace: false, Stop))));
        Assert.Equal(1, won.Count(w => w));
        Assert.Equal($"{Array.IndexOf(won, true)}", Encoding.UTF8.GetString((await store.ReadAsync("once", Stop))!));
    }

    [Theory]
    [InlineData("ftp://host/x", "is no store; write file:FOLDER")]
    [InlineData("somewhere", "is no store")]
    [InlineData("file:", "names no folder")]
    [InlineData("az://account", "names no account and container")]
    [InlineData("s3://", "names no bucket")]
    [InlineData("az://account/container?sv=1&sig=hunter2", "with a key or a signature in its URI")]
    [InlineData("s3://key:hunter2@bucket/x", "with a key or a signature in its URI")]
    public void A_URI_that_names_no_store_is_refused_and_no_secret_is_repeated(string uri, string says)
    {
        var e = Assert.Throws<RemoteStoreException>(() => RemoteStores.Open(uri, "/", _ => null));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountKey=hunter2", "is no connection string")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=other;AccountKey=U0VDUkVU;EndpointSuffix=core.windows.net", "is of 'other'")]
    public void A_connection_string_that_does_not_fit_is_refused_and_not_repeated(string connection, string says)
    {
        var e = Assert.Throws<RemoteStoreException>(() => RemoteStores.Open("az://account/container", "/", _ => connection));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("U0VDUkVU", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_does_not_leave_the_folder()
    {
        using var store = stores.Open("file");
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync("../out", "x"u8.ToArray(), replace: true, Stop));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_an_error_with_a_remedy_and_not_an_absent_object()
    {
        using var made = stores.Open("s3");
        var address = made.Address.Replace("s3://tests/", "s3://nobody/", StringComparison.Ordinal);
        using var store = stores.OpenLike("s3", address);
        Assert.Contains("make the bucket first", (await Assert.ThrowsAsync<RemoteStoreException>(() => store.ReadAsync("x", Stop))).Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> Names(IRemoteStore store, string prefix)
    {
        var names = new List<string>();
        await foreach (var found in store.ListAsync(prefix, Stop)) names.Add(found.Name);
        return names;
    }

    private static async Task<RemoteObject> One(IRemoteStore store, string name)
    {
        await foreach (var found in store.ListAsync(name, Stop)) return found;
        throw new InvalidOperationException($"no {name}");
    }
}
