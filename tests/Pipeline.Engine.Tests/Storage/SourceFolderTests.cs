using System.Diagnostics;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Storage;

public sealed class SourceFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("data")]
    [InlineData("data/*.txt")]
    [InlineData("data/**/*.txt")]
    public async Task Pipes_sockets_and_devices_are_named_and_never_opened(string pattern)
    {
        folder.Write("data/a.txt", "a");
        folder.Write("data/empty.txt", "");
        Shell("mkfifo data/pipe.txt && ln -s pipe.txt data/link.txt && ln -s /dev/zero data/zero.txt");
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder["data/socket.txt"]));
        var found = await Task.Run(() => Resolve(pattern)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(["data/a.txt", "data/empty.txt"], found.Where(f => f.LeftOut is null).Select(f => f.Name));
        Assert.Equal(["data/link.txt", "data/pipe.txt", "data/socket.txt", "data/zero.txt"], found.Where(f => f.LeftOut is not null).Select(f => f.Name));
        Assert.Equal(3, found.Count(f => f.LeftOut?.StartsWith("is no regular file but a pipe, a socket or a device", StringComparison.Ordinal) == true));
        Assert.Equal(Sha256.Of([]), found.Single(f => f.Name == "data/empty.txt").Sha256);
    }

    [Fact]
    public async Task A_pipe_that_is_all_a_pattern_matches_is_said_to_be_one()
    {
        folder.Write("data/a.txt", "a");
        Shell("mkfifo data/pipe");
        var e = await Assert.ThrowsAsync<SourceMissingException>(() => Task.Run(() => Resolve("data/pipe")).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.StartsWith("'data/pipe' matches no file that can be read: data/pipe is no regular file but a pipe", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_says_what_to_do_where_it_knows() =>
        Assert.Equal("'m/*.safetensors' matches no file: convert them (looked from the folder of the pipeline file)", Assert.Throws<SourceMissingException>(() => SourceFiles.Resolve([new("m/*.safetensors") { Remedy = "convert them" }], folder.Path, Digests())).Message);

    [Fact]
    public void Names_that_are_not_utf_8_are_left_out_each_with_a_name_of_its_own_and_others_are_read()
    {
        folder.Write("data/a.txt", "a");
        folder.Write("data/real \uFFFD.txt", "r");
        Shell("""cd data && echo x > "$(printf 'b\377.txt')" && echo y > "$(printf 'b\376.txt')" && mkdir "$(printf 'd\377')" && echo z > "$(printf 'd\377/z.txt')" """);
        var found = Resolve("data");
        Assert.Equal(["data/a.txt", "data/real \uFFFD.txt"], found.Where(f => f.LeftOut is null).Select(f => f.Name));
        Assert.Equal(["data/b\uFFFD.txt", "data/b\uFFFD.txt (2)", "data/d\uFFFD"], found.Where(f => f.LeftOut?.StartsWith("has a name that is not UTF-8", StringComparison.Ordinal) == true).Select(f => f.Name));
        // Nobody else could.
        Shell("rm -r data/b* data/d*");
        Assert.Equal(2, Resolve("data/*.txt").Count);
    }

    [Fact]
    public void A_link_is_followed_where_it_stays_in_its_folder_or_is_named()
    {
        folder.Write("p/data/a.txt", "a");
        folder.Write("out/secret.txt", "secret");
        // The last leads out by way of a folder's link, which a look at the text of links alone would not see.
        Shell("cd p/data && ln -s a.txt in.txt && ln -s ../../out/secret.txt leak.txt && ln -s ../../out outside && ln -s . round && ln -s outside/secret.txt twice.txt && ln -s data ../named && ln -s nowhere ../dangling");
        var found = Resolve("p/data");
        Assert.Equal(["p/data/a.txt", "p/data/in.txt"], found.Where(f => f.LeftOut is null).Select(f => f.Name));
        Assert.Equal(["p/data/leak.txt", "p/data/twice.txt"], LeftOut(found, "is a link that leads out of the folder that is read"));
        Assert.Equal(["p/data/outside"], LeftOut(found, "is a link to a folder"));
        Assert.Equal(["p/data/outside"], LeftOut(Resolve("p/data/*/*.txt", optional: true), "is a link to a folder"));
        Assert.Empty(LeftOut(Resolve("p/data/*.txt"), "is a link to a folder"));
        Assert.Equal(["p/data/leak.txt"], Resolve("p/data/leak.txt").Where(f => f.LeftOut is null).Select(f => f.Name));
        Assert.Throws<SourceMissingException>(() => Resolve("p/dangling"));
        Assert.Equal(["p/data/outside/secret.txt"], Resolve("p/data/outside").Select(f => f.Name));
        Assert.Equal(["p/named/a.txt", "p/named/in.txt"], Resolve("p/named").Where(f => f.LeftOut is null).Select(f => f.Name));
        Assert.Equal(["p/data/a.txt", "p/data/in.txt", "p/data/leak.txt", "p/data/twice.txt"], SourceFiles.Resolve([new("p/data", Root: new("root", "."))], folder.Path, Digests()).Where(f => f.LeftOut is null).Select(f => f.Name));

        static IEnumerable<string> LeftOut(IEnumerable<SourceFile> files, string why) => files.Where(f => f.LeftOut?.StartsWith(why, StringComparison.Ordinal) == true).Select(f => f.Name);
    }

    [Theory]
    [InlineData("a/b/c.txt", "a/b/c.txt")]
    [InlineData("l/c.txt", "a/b/c.txt")]
    [InlineData("l/up/c.txt", null)]
    [InlineData("l/../b/./c.txt", "a/b/c.txt")]
    [InlineData("loop/x", null)]
    [InlineData("none", null)]
    public void A_path_leads_where_the_kernel_takes_it(string path, string? expected)
    {
        folder.Write("a/b/c.txt", "c");
        Shell("ln -s a/b l && ln -s .. a/b/up && ln -s loop loop");
        var real = RealPath.Of(folder.Path)!;
        Assert.Equal(expected is null ? null : Path.Combine(real, expected), RealPath.Of(folder.Path + "/" + path));
    }

    private FileDigests Digests() => new(folder["cache.tsv"], TimeProvider.System);

    private IReadOnlyList<SourceFile> Resolve(string pattern, bool optional = false) => SourceFiles.Resolve([new(pattern, Optional: optional)], folder.Path, Digests());

    private void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = folder.Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    public void Dispose() => folder.Dispose();
}
