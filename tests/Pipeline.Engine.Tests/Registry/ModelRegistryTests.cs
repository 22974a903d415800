using System.Text;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Registry;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Storage;

namespace Pipeline.Engine.Tests.Registry;

/// <summary>Against a folder, Azurite and an S3 server that knows no conditional writes.</summary>
public sealed class ModelRegistryTests(Stores stores)
{
    private const string Name = "chat";
    private const string Alias = "production";

    public static TheoryData<string> Kinds => Stores.Kinds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static ModelRegistry Of(IRemoteStore store, int writer = 0) => new(store, new Claims(store, () => $"writer{writer}", TimeSpan.FromSeconds(20), TimeProvider.System), TimeProvider.System);

    private static ModelVersion Made(string content)
    {
        var files = new[] { new ArtifactFile("model.safetensors", content.Length, Sha256.Of(Encoding.UTF8.GetBytes(content))) };
        return new(0, new Manifest(files).Digest, files, "Model", "p", "train", "model", "train.pretrain", Sha256.Of("key"u8), DateTimeOffset.UnixEpoch);
    }

    private static AliasEntry To(int version, string by = "me") => new(0, "promote", version, null, by, DateTimeOffset.UnixEpoch, "c0ffee", null, new Dictionary<string, double> { ["test.loss"] = 1.5 }, ["gate enough: holds"]);

    [Theory, MemberData(nameof(Kinds))]
    public async Task Versions_are_counted_and_the_same_artifact_is_one_version(string kind)
    {
        using var store = stores.Open(kind);
        var registry = Of(store);
        Assert.Equal(1, (await registry.AddVersionAsync(Name, Made("a"), Stop)).Number);
        Assert.Equal(2, (await registry.AddVersionAsync(Name, Made("b"), Stop)).Number);
        Assert.Equal(1, (await registry.AddVersionAsync(Name, Made("a"), Stop)).Number);
        Assert.Equal(Made("b").Digest, (await registry.ResolveAsync(ModelReference.Parse(Name), Stop)).Digest);
        Assert.Equal(Made("a").Digest, (await registry.ResolveAsync(ModelReference.Parse("chat@1"), Stop)).Digest);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_alias_points_where_its_last_entry_says_and_keeps_its_history(string kind)
    {
        using var store = stores.Open(kind);
        var registry = Of(store);
        foreach (var content in new[] { "a", "b" }) await registry.AddVersionAsync(Name, Made(content), Stop);
        var first = await registry.PointAsync(Name, Alias, null, To(1), Stop);
        var second = await registry.PointAsync(Name, Alias, first, To(2), Stop);
        var third = await registry.PointAsync(Name, Alias, second, To(1) with { Action = "rollback" }, Stop);
        Assert.Equal([(1, 1, null), (2, 2, 1), (3, 1, 2)], (await registry.HistoryAsync(Name, Alias, Stop)).Select(e => (e.Number, e.Version, e.Previous)));
        Assert.Equal(Made("a").Digest, (await registry.ResolveAsync(ModelReference.Parse("models/chat/production"), Stop)).Digest);
        Assert.Equal(1.5, third.Metrics["test.loss"]);
        var listed = Assert.Single(await registry.ListAsync(Stop));
        Assert.Equal((Name, 2, 1), (listed.Name, listed.Versions, listed.Aliases[Alias].Version));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Of_those_who_move_an_alias_at_once_one_wins_and_the_others_are_told(string kind)
    {
        using var store = stores.Open(kind);
        await Of(store).AddVersionAsync(Name, Made("a"), Stop);
        var first = await Of(store).PointAsync(Name, Alias, null, To(1), Stop);
        var ends = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await Of(store, i).PointAsync(Name, Alias, first, To(1, $"writer{i}"), Stop)).By;
            }
            catch (AliasMovedException e)
            {
                Assert.Contains("chat@production was moved by another", e.Message, StringComparison.Ordinal);
                return null;
            }
        })));
        var winner = Assert.Single(ends.OfType<string>());
        var history = await Of(store).HistoryAsync(Name, Alias, Stop);
        Assert.Equal(["me", winner], history.Select(e => e.By));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Versions_made_at_once_have_numbers_of_their_own(string kind)
    {
        using var store = stores.Open(kind);
        var numbers = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Task.Run(async () => (await Of(store, i).AddVersionAsync(Name, Made($"{i}"), Stop)).Number)));
        Assert.Equal([1, 2, 3, 4, 5], numbers.Order());
        Assert.Equal(5, (await Of(store).VersionsAsync(Name, Stop)).Select(v => v.Digest).Distinct().Count());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"number":1,"digest":"DIGEST","files":[{"path":"../../etc/passwd","size":1,"sha256":"SHA"}],"kind":"Model","pipeline":"p","step":"s","output":"o","uses":"u","key":"k","made":"1970-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"number":2,"digest":"DIGEST","files":[{"path":"a","size":1,"sha256":"SHA"}],"kind":"Model","pipeline":"p","step":"s","output":"o","uses":"u","key":"k","made":"1970-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"number":1,"digest":"other","files":[{"path":"a","size":1,"sha256":"SHA"}],"kind":"Model","pipeline":"p","step":"s","output":"o","uses":"u","key":"k","made":"1970-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"number":1,"digest":"other","files":[null],"kind":"Model","pipeline":"p","step":"s","output":"o","uses":"u","key":"k","made":"1970-01-01T00:00:00+00:00"}""")]
    public async Task An_entry_that_others_wrote_and_that_contradicts_itself_is_refused(string entry)
    {
        using var store = stores.Open("file");
        var sha = Sha256.Of("x"u8);
        var text = entry.Replace("SHA", sha, StringComparison.Ordinal).Replace("DIGEST", new Manifest([new("a", 1, sha)]).Digest, StringComparison.Ordinal);
        await store.PutAsync("models/chat/versions/000001.json", Encoding.UTF8.GetBytes(text), replace: false, Stop);
        await Assert.ThrowsAsync<RegistryException>(() => Of(store).ResolveAsync(ModelReference.Parse("chat@1"), Stop));
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_the_command_that_lists_what_is()
    {
        using var store = stores.Open("file");
        foreach (var reference in new[] { "chat", "chat@production", "chat@7" })
            Assert.Contains("registry ls", (await Assert.ThrowsAsync<RegistryException>(() => Of(store).ResolveAsync(ModelReference.Parse(reference), Stop))).Message, StringComparison.Ordinal);
        Assert.Empty(await Of(store).ListAsync(Stop));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("A")]
    [InlineData(".a")]
    [InlineData("a@")]
    [InlineData("@a")]
    [InlineData("a@b@c")]
    [InlineData("a@..")]
    [InlineData("a@0")]
    [InlineData("a@99999999999")]
    [InlineData("a@versions")]
    [InlineData("models/a/../b")]
    [InlineData("models/a/versions")]
    [InlineData("a\n")]
    [InlineData("é")]
    public void A_name_that_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => ModelReference.Parse(text));
}
