using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.Engine.Storage;
using Pipeline.Steps.Collecting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Collecting;

public sealed class CollectGitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CollectGitTests()
    {
        folder.Write("repo/LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person ... THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT");
        folder.Write("repo/docs/a.md", "# Title\n\nWords.");
        folder.Write("repo/src/x.py", "print('%PDF-')\n");
        folder.Write("repo/src/broken.pdf", "%PDF-1.7 and no more");
        Git("init", "-q", ".");
        Commit("one");
        Git("tag", "v1");
        folder.Write("repo/docs/a.md", "# Title\n\nOther words.");
        Commit("two");
    }

    public void Dispose()
    {
        // What git keeps is read-only.
        foreach (var file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        folder.Dispose();
    }

    [Theory]
    [InlineData("HEAD", "Title\n\nOther words.")]
    [InlineData("v1", "Title\n\nWords.")]
    public async Task The_files_of_a_revision_become_documents_with_the_licence_of_the_tree(string revision, string text)
    {
        using var run = await Collect($$"""{"repository":"repo/.git","revision":"{{revision}}","exclude":["LICENSE"]}""");
        var documents = await run.DocumentsOf("documents");
        Assert.Equal(["docs/a.md", "src/x.py"], documents.Select(d => d.Source));
        Assert.Equal([text, "print('%PDF-')\n"], documents.Select(d => d.Text));
        Assert.All(documents, d => Assert.Equal("MIT", d.License));
        var sheet = JsonNode.Parse(File.ReadAllText(Path.Combine(run["datasheet"], "datasheet.json")))!;
        Assert.Matches("^repo/.git@[0-9a-f]{40}$", (string?)sheet["sources"]![0]!["name"]);
        Assert.Equal(1, run.Context!.Metrics["documents.damaged"]);
        Assert.Contains(run.Lines, line => line.Contains("src/broken.pdf", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Globs_choose_and_what_is_not_there_is_named()
    {
        using var some = await Collect("""{"repository":"repo/.git","include":["src/**"],"exclude":["**/*.pdf"]}""");
        Assert.Equal(["src/x.py"], (await some.DocumentsOf("documents")).Select(d => d.Source));
        Assert.Contains("no file at 'HEAD'", (await Assert.ThrowsAsync<Engine.Authoring.StepFailedException>(() => Collect("""{"repository":"repo/.git","include":["none/**"]}"""))).Message, StringComparison.Ordinal);
        Assert.Contains("no revision 'v9'", (await Assert.ThrowsAsync<Engine.Authoring.StepFailedException>(() => Collect("""{"repository":"repo/.git","revision":"v9"}"""))).Message, StringComparison.Ordinal);
        using var whole = await Collect("""{"repository":"repo","include":["docs/**"]}""");
        Assert.Equal(["docs/a.md"], (await whole.DocumentsOf("documents")).Select(d => d.Source));
        Assert.Contains("'repo/docs' is no git repository", (await Assert.ThrowsAsync<Engine.Authoring.StepFailedException>(() => Collect("""{"repository":"repo/docs"}"""))).Message, StringComparison.Ordinal);
        using var run = new StepRun(new CollectGit());
        Assert.StartsWith("table.delimiter: is ''", Assert.Single(run.Problems("""{"repository":"repo/.git","table":{"delimiter":""}}""")), StringComparison.Ordinal);
        Assert.StartsWith("revision: '--exec=x' is no revision", Assert.Single(run.Problems("""{"repository":"repo/.git","revision":"--exec=x"}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_costs_its_run_of_files_and_another_branch_is_seen()
    {
        for (var i = 0; i < 300; i++) folder.Write($"repo/many/{i:D3}.txt", $"File {i}.");
        Commit("many");
        using var first = await Collect("""{"repository":"repo/.git"}""");
        var before = Sources("""{"repository":"repo/.git"}""");
        folder.Write("repo/many/150.txt", "Changed.");
        Commit("changed");
        Assert.NotEqual(before.Select(s => s.Sha256), Sources("""{"repository":"repo/.git"}""").Select(s => s.Sha256));
        using var second = await Collect("""{"repository":"repo/.git"}""", first);
        var (made, found) = second.Context!.Pieces.Count("run");
        Assert.InRange(made, 1, 2);
        Assert.True(found > 3, $"{found} runs were found");
    }

    [Fact]
    public async Task Files_of_a_repository_are_read_with_the_options_of_files()
    {
        folder.Write("repo/a.dat", "# Plain *words*.");
        folder.Write("repo/w.xml", "<mediawiki xml:lang='en'><page><title>Talk:A</title><ns>1</ns><id>1</id><revision><text>Said.</text></revision></page></mediawiki>");
        Commit("more");
        using var markdown = await Collect("""{"repository":"repo/.git","include":["a.dat"],"format":"markdown"}""");
        Assert.Equal("Plain words.", Assert.Single(await markdown.DocumentsOf("documents")).Text.Trim());
        using var talk = await Collect("""{"repository":"repo/.git","include":["w.xml"],"wiki":{"namespaces":[1]}}""");
        Assert.Equal("Said.", Assert.Single(await talk.DocumentsOf("documents")).Text);
    }

    private IReadOnlyList<Engine.Authoring.SourceFile> Sources(string with) => SourceFiles.Resolve(new CollectGit().SourcesOf(JsonNode.Parse(with)!.AsObject()), folder.Path, new(folder["digests"], TimeProvider.System));

    private async Task<StepRun> Collect(string with, StepRun? piecesOf = null)
    {
        var run = new StepRun(new CollectGit()) { Sources = Sources(with), PiecesOf = piecesOf };
        return await run.RunAsync(with);
    }

    private void Commit(string message)
    {
        Git("add", "-A");
        Git("-c", "user.name=n", "-c", "user.email=e@x", "commit", "-qm", message);
    }

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder["repo"] })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
