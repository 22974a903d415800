using System.Diagnostics;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_result_says_where_it_was_made_and_its_key_does_not()
    {
        using var bench = new Bench().Step("a", "text");
        var first = (await bench.RunAsync()).Outcomes.Single().Result!;
        Assert.Equal(["architecture", "cpu", "dotnet", "engine", "machine", "os"], first.Environment.Keys.Where(k => !k.StartsWith("git", StringComparison.Ordinal)).Order());
        Assert.False(first.Environment.ContainsKey("git.commit"));

        Git(bench.Folder.Path, "init", "-q");
        Assert.Null(GitState.Of(bench.Folder.Path));
        bench.Folder.Write("tracked", "1");
        Git(bench.Folder.Path, "add", "tracked");
        Git(bench.Folder.Path, "-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "first");
        var second = (await bench.RunAsync(force: ["a"])).Outcomes.Single().Result!;
        Assert.Matches("^[0-9a-f]{40}$", second.Environment["git.commit"]);
        Assert.Equal("true", second.Environment["git.dirty"]);
        Assert.Equal(first.Key, second.Key);
        Assert.Equal(second.Environment, bench.State.Results.Read(second.Key)!.Environment);
    }

    [Fact]
    public async Task A_result_of_an_older_version_is_read_without_it()
    {
        using var bench = new Bench().Step("a", "text");
        var result = (await bench.RunAsync()).Outcomes.Single().Result!;
        var file = Directory.GetFiles(Path.Combine(bench.Folder["state"], "results"), "*.json", SearchOption.AllDirectories).Single();
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        Assert.True(json.Remove("environment"));
        File.WriteAllText(file, json.ToJsonString());
        Assert.Empty(bench.State.Results.Read(result.Key)!.Environment);
    }

    [Fact]
    public void A_committed_file_can_be_read_at_any_commit_and_an_option_is_no_commit()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("deep/file.txt", "before");
        Git(folder.Path, "init", "-q");
        Git(folder.Path, "add", ".");
        Git(folder.Path, "-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "first");
        Assert.False(GitState.Of(folder.Path)!.Value.Dirty);
        folder.Write("deep/file.txt", "now");
        Assert.True(GitState.Of(folder.Path)!.Value.Dirty);
        Assert.Equal((true, "before", ""), GitState.FileAt(file, "HEAD"));
        Assert.False(GitState.FileAt(file, "nowhere").Succeeded);
        Assert.Contains("no commit", GitState.FileAt(file, "--output=x").Error, StringComparison.Ordinal);
    }

    private static void Git(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
