using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Storage;

public sealed class StoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalStore store;

    public StoreTests() => store = new LocalStore(folder["store"]);

    [Fact]
    public void A_folder_taken_twice_has_the_same_digest_and_one_set_of_blobs()
    {
        folder.Write("a/x/one.txt", "1");
        folder.Write("a/two.txt", "2");
        folder.Write("b/two.txt", "2");
        folder.Write("b/x/one.txt", "1");
        var first = store.TakeFolder(folder["a"]);
        var second = store.TakeFolder(folder["b"]);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(["two.txt", "x/one.txt"], first.Files.Select(f => f.Path));
        Assert.Equal(3, store.All().Count());
        Assert.Equal(first.Digest, store.ReadManifest(first.Digest).Digest);
    }

    [Fact]
    public void A_damaged_blob_is_quarantined_and_named()
    {
        folder.Write("a/one.txt", "content");
        var file = store.TakeFolder(folder["a"]).Files.Single();
        File.WriteAllText(Directory.EnumerateFiles(folder["store/blobs"], file.Sha256, SearchOption.AllDirectories).Single(), "c0ntent");
        var e = Assert.Throws<DamagedBlobException>(() => new LocalStore(folder["store"]).Locate(file));
        Assert.Contains("one.txt", e.Message, StringComparison.Ordinal);
        Assert.False(store.Has(file));
        Assert.True(File.Exists(folder["store/quarantine/" + file.Sha256]));
    }

    [Fact]
    public void An_output_that_links_out_of_its_folder_is_refused()
    {
        folder.Write("secret.txt", "not yours");
        Directory.CreateDirectory(folder["out"]);
        File.CreateSymbolicLink(folder["out/link.txt"], folder["secret.txt"]);
        var e = Assert.Throws<StepFailedException>(() => store.TakeFolder(folder["out"]));
        Assert.Contains("link.txt", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"files":[{"path":"../x","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":1}]}""")]
    [InlineData("""{"files":[{"path":"/etc/passwd","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":1}]}""")]
    [InlineData("""{"files":[{"path":"a","sha256":"../../x","size":1}]}""")]
    [InlineData("""{"files":[{"path":"a","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":-1}]}""")]
    [InlineData("""{"files":7}""")]
    [InlineData("[")]
    [InlineData("null")]
    public void A_manifest_that_names_what_is_outside_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => Manifest.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Canonical_json_does_not_depend_on_the_order_of_keys()
    {
        var one = System.Text.Json.Nodes.JsonNode.Parse("""{"b":[1,2.5,"é"],"a":{"y":null,"x":true}}""");
        var two = System.Text.Json.Nodes.JsonNode.Parse("""{ "a": {"x": true, "y": null}, "b": [1, 2.5, "\u00e9"] }""");
        Assert.Equal(CanonicalJson.Text(one), CanonicalJson.Text(two));
        Assert.Equal("""{"a":{"x":true,"y":null},"b":[1,2.5,"é"]}""", CanonicalJson.Text(one));
    }

    [Fact]
    public void An_interrupted_write_leaves_the_old_file_whole()
    {
        var path = folder.Write("file.txt", "old");
        File.WriteAllText(path + ".999.1.tmp", "half of the n");
        Assert.Equal("old", File.ReadAllText(path));
        AtomicFile.Write(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Source_files_are_found_by_glob_named_from_the_pipeline_and_sorted()
    {
        folder.Write("p/data/b.txt", "b");
        folder.Write("p/data/deep/a.txt", "a");
        folder.Write("p/data/deep/a.md", "m");
        folder.Write("outside/c.txt", "c");
        Directory.CreateSymbolicLink(folder["p/data/loop"], folder["p/data"]);
        // Links that lead nowhere, one of them to itself, are no files.
        File.CreateSymbolicLink(folder["p/data/gone.txt"], folder["p/none"]);
        File.CreateSymbolicLink(folder["p/data/self.txt"], folder["p/data/self.txt"]);
        var digests = new FileDigests(folder["cache.tsv"], TimeProvider.System);
        var found = SourceFiles.Resolve([new("data/**/*.txt"), new("../outside/*.txt")], folder["p"], digests);
        Assert.Equal(["../outside/c.txt", "data/b.txt", "data/deep/a.txt"], found.Select(f => f.Name));
        Assert.Equal(Sha256.Of("a"u8), found[2].Sha256);
        var named = SourceFiles.Resolve([new(folder["outside"] + "/*.txt", folder["outside"])], folder["p"], digests);
        Assert.Equal("c.txt", named.Single().Name);
        var e = Assert.Throws<SourceMissingException>(() => SourceFiles.Resolve([new("data/*.xml")], folder["p"], digests));
        Assert.Contains("data/*.xml", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p", "../data/**/*.txt", "a.txt deep/b.txt")]
    [InlineData("q/r", "../../data/**/*.txt", "a.txt deep/b.txt")]
    [InlineData("p", "../data/d*/*.txt", "deep/b.txt")]
    [InlineData("p", "../data", "a.txt deep/b.txt")]
    [InlineData("p", "../data/deep/../a.txt", "a.txt")]
    public void Source_files_may_be_called_by_their_place_in_the_folder_of_their_own_pattern(string pipeline, string pattern, string names)
    {
        folder.Write("data/a.txt", "a");
        folder.Write("data/deep/b.txt", "b");
        Directory.CreateDirectory(folder[pipeline]);
        Assert.Equal(names.Split(' '), SourceFiles.Resolve([new(pattern, Root: new("root", null))], folder[pipeline], new FileDigests(folder["cache.tsv"], TimeProvider.System)).Select(f => f.Alias));
    }

    [Fact]
    public void Files_of_one_name_are_refused_unless_a_root_tells_them_apart_and_a_file_that_two_patterns_find_is_one()
    {
        folder.Write("a/README.md", "a");
        folder.Write("b/README.md", "b");
        folder.Write("b/deep/c.md", "c");
        Directory.CreateDirectory(folder["p"]);
        var e = Assert.Throws<SourceMissingException>(() => Resolve(null, "../a/*.md", "../b/*.md"));
        Assert.Equal("../a/README.md and ../b/README.md would both be called README.md; name all files from a folder that holds both, with root: ..", e.Message);
        Assert.Equal(["a/README.md", "b/README.md"], Resolve("..", "../a/*.md", "../b/*.md"));
        foreach (var patterns in (string[][])[["../b/**/*.md", "../b/deep/*.md"], ["../b/deep/*.md", "../b/**/*.md"]]) Assert.Equal(["README.md", "deep/c.md"], Resolve(null, patterns));

        IEnumerable<string> Resolve(string? root, params string[] patterns) =>
            SourceFiles.Resolve([.. patterns.Select(p => new SourcePattern(p, Root: new("root", root)))], folder["p"], new FileDigests(folder["cache.tsv"], TimeProvider.System)).Select(f => f.Alias);
    }

    [Fact]
    public void A_remembered_digest_is_dropped_when_the_file_changes()
    {
        var path = folder.Write("file.txt", "one");
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var digests = new FileDigests(folder["cache.tsv"], TimeProvider.System);
        Assert.Equal(Sha256.Of("one"u8), digests.Of(SourceFolder.Named(path)!));
        digests.Save();
        File.AppendAllText(folder["cache.tsv"], "a torn li");
        var again = new FileDigests(folder["cache.tsv"], TimeProvider.System);
        File.WriteAllText(path, "two");
        Assert.Equal(Sha256.Of("two"u8), again.Of(SourceFolder.Named(path)!));
    }

    [Fact]
    public void A_link_to_a_source_file_changes_when_the_file_behind_it_does()
    {
        var behind = folder.Write("data/deep/file.md", "one");
        File.CreateSymbolicLink(folder["data/link.txt"], behind);
        File.SetLastWriteTimeUtc(behind, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var digests = new FileDigests(folder["cache.tsv"], TimeProvider.System);
        foreach (var pattern in new[] { "data/**/*.txt", "data/*.txt", "data/link.txt" })
            Assert.Equal(("data/link.txt", 3L, Sha256.Of("one"u8)), SourceFiles.Resolve([new(pattern)], folder.Path, digests).Select(f => (f.Name, f.Size, f.Sha256)).Single());
        File.WriteAllText(behind, "other");
        Assert.Equal(Sha256.Of("other"u8), SourceFiles.Resolve([new("data/*.txt")], folder.Path, digests).Single().Sha256);
    }

    [Theory]
    [InlineData("data/*.txt", "data/b.txt")]
    [InlineData("data/*", "data/a.md data/b.txt data/no")]
    [InlineData("data/*.*", "data/a.md data/b.txt data/no")]
    [InlineData("data/**/*.txt", "data/b.txt data/deep/b.txt data/deep/er/c.txt")]
    [InlineData("data/**/b.*", "data/b.txt data/deep/b.txt")]
    [InlineData("data/*/*.txt", "data/deep/b.txt")]
    [InlineData("**/er/*", "data/deep/er/c.txt data/deep/er/d")]
    [InlineData("data/deep/**", "data/deep/a.md data/deep/b.txt data/deep/er/c.txt data/deep/er/d")]
    public void A_glob_matches_what_the_globbing_library_says(string glob, string expected)
    {
        foreach (var name in new[] { "data/b.txt", "data/a.md", "data/no", "data/deep/b.txt", "data/deep/a.md", "data/deep/er/c.txt", "data/deep/er/d" }) folder.Write(name, name);
        var found = SourceFiles.Resolve([new(glob)], folder.Path, new FileDigests(folder["cache.tsv"], TimeProvider.System)).Select(f => f.Name).ToList();
        Assert.Equal(expected, string.Join(' ', found));
        var matcher = new Microsoft.Extensions.FileSystemGlobbing.Matcher(StringComparison.Ordinal).AddInclude(glob);
        Assert.Equal(found, Microsoft.Extensions.FileSystemGlobbing.MatcherExtensions.GetResultsInFullPath(matcher, folder.Path).Select(f => Path.GetRelativePath(folder.Path, f)).Where(f => f != "cache.tsv").Order(StringComparer.Ordinal));
    }

    public void Dispose() => folder.Dispose();
}
