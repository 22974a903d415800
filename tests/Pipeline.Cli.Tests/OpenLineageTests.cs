using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

/// <summary>Runs as OpenLineage's events: to a file, to a server, and from the log of a past run.</summary>
public sealed class OpenLineageTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        steps:
          pages: { uses: collect.files, with: { paths: ["data/*.txt"] } }
          count: { uses: shell, inputs: { pages: pages.documents }, with: { run: 'wc -c < $IN_PAGES > $OUT/n' } }
        """);

    public OpenLineageTests()
    {
        project.Write("data/a.txt", "one fish two fish red fish");
        project.Write("data/b.txt", "a blue fish and an old fish");
    }

    private static List<JsonObject> Valid(IEnumerable<string> lines)
    {
        var told = lines.Where(l => l.Length > 0).ToList();
        Assert.All(told, one => Assert.Equal("", OpenLineageSchema.Problems(one)));
        return [.. told.Select(one => (JsonObject)JsonNode.Parse(one)!)];
    }

    private static string Words(IEnumerable<JsonObject> told) => string.Join(' ', told.Select(e => $"{(string?)e["job"]!["name"]}:{(string?)e["eventType"]}"));

    private static JsonObject Last(IEnumerable<JsonObject> told, string job) => told.Last(e => (string?)e["job"]!["name"] == job);

    [Fact]
    public void The_schema_of_the_tests_refuses_what_the_specification_does()
    {
        Assert.NotEqual("", OpenLineageSchema.Problems("{}"));
        Assert.NotEqual("", OpenLineageSchema.Problems("""{"eventType":"DONE","eventTime":"yesterday","producer":"me","schemaURL":"x","run":{"runId":"7"},"job":{"name":"a"}}"""));
    }

    [Fact]
    public async Task A_run_is_told_as_it_goes_with_what_was_read_and_made()
    {
        var run = (await project.Run("--openlineage", "events.jsonl")).Expect(ExitCode.Success);
        var told = Valid(project.Read("events.jsonl").Split('\n'));
        Assert.Equal("p:START p.pages:START p.pages:COMPLETE p.count:START p.count:COMPLETE p:COMPLETE", Words(told));

        var pages = Last(told, "p.pages");
        Assert.Equal(["data/a.txt", "data/b.txt"], pages["inputs"]!.AsArray().Select(d => (string?)d!["name"]));
        Assert.All(pages["inputs"]!.AsArray(), d => Assert.Equal("file", (string?)d!["namespace"]));
        var documents = pages["outputs"]!.AsArray().Single(d => (string?)d!["name"] == "p/pages/documents")!;
        Assert.Equal(run.Digest("pages", "documents"), (string?)documents["facets"]!["version"]!["datasetVersion"]);
        Assert.Equal(2, (int)documents["outputFacets"]!["outputStatistics"]!["rowCount"]!);
        Assert.Contains("license", documents["facets"]!["schema"]!["fields"]!.AsArray().Select(f => (string?)f!["name"]));
        Assert.Equal("license.unknown", (string?)documents["facets"]!["tags"]!["tags"]![0]!["key"]);

        Assert.Equal("p/pages/documents", (string?)told.First(e => (string?)e["job"]!["name"] == "p.count")["inputs"]![0]!["name"]);
        var count = Last(told, "p.count");
        Assert.Equal("p/pages/documents", (string?)count["inputs"]![0]!["name"]);
        Assert.Equal((string?)Last(told, "p")["run"]!["runId"], (string?)count["run"]!["facets"]!["parent"]!["run"]!["runId"]);

        // A run that reuses everything did nothing else.
        (await project.Run("--openlineage", "again.jsonl")).Expect(ExitCode.Success);
        Assert.Equal("p:START p:COMPLETE", Words(Valid(project.Read("again.jsonl").Split('\n'))));
    }

    [Fact]
    public async Task A_past_run_is_told_in_the_same_words()
    {
        (await project.Run("--openlineage", "events.jsonl")).Expect(ExitCode.Success);
        var live = Valid(project.Read("events.jsonl").Split('\n'));
        File.Delete(project["p.yaml"]);
        var past = Valid((await project.Pipeline("lineage", "p.yaml", "--openlineage")).Expect(ExitCode.Success).Output.Split('\n'));
        Assert.Equal(Words(live), Words(past));
        Assert.Equal(live.Select(e => (string?)e["run"]!["runId"]), past.Select(e => (string?)e["run"]!["runId"]));
        Assert.Equal(Last(live, "p.count")["inputs"]!.ToJsonString(), Last(past, "p.count")["inputs"]!.ToJsonString());
        Assert.Equal(Last(live, "p.pages")["outputs"]!.ToJsonString(), Last(past, "p.pages")["outputs"]!.ToJsonString());
        Assert.Contains("has no run 'r1'", (await project.Pipeline("lineage", "p.yaml", "--openlineage", "--run", "r1")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_breaks_off_ends_with_what_was_aborted()
    {
        var run = (await project.Run()).Expect(ExitCode.Success);
        var log = project[$".pipeline/runs/{(string?)run.Last["run"]}/events.jsonl"];
        File.WriteAllText(log, string.Join('\n', File.ReadLines(log).TakeWhile(l => !l.Contains("\"step.finished\"", StringComparison.Ordinal))) + "\n{\"event\":\"step.fin");
        Assert.Equal("p:START p.pages:START p.pages:ABORT p:ABORT", Words(Valid((await project.Pipeline("lineage", "p.yaml", "--openlineage")).Expect(ExitCode.Success).Output.Split('\n'))));
    }

    [Fact]
    public async Task A_server_gets_each_event_once_more_where_it_did_not_take_it_and_the_key_with_it()
    {
        using var receiver = new Receiver(number => number == 2 ? 503 : 201);
        var run = (await project.Pipeline(new Dictionary<string, string?> { ["OPENLINEAGE_URL"] = receiver.Address, ["OPENLINEAGE_API_KEY"] = "key-of-mine-123", ["OPENLINEAGE_NAMESPACE"] = "team" }, "run", "p.yaml", "--json")).Expect(ExitCode.Success);
        var requests = receiver.Requests.ToList();
        Assert.Equal(7, requests.Count);
        Assert.All(requests, r => Assert.Equal("/api/v1/lineage", r.Path));
        Assert.All(requests, r => Assert.Equal("Bearer key-of-mine-123", r.Headers["Authorization"]));
        var told = Valid(requests.Where((_, i) => i != 1).Select(r => Encoding.UTF8.GetString(r.Body)));
        Assert.Equal("p:START p.pages:START p.pages:COMPLETE p.count:START p.count:COMPLETE p:COMPLETE", Words(told));
        Assert.All(told, e => Assert.Equal("team", (string?)e["job"]!["namespace"]));
        Assert.DoesNotContain("key-of-mine-123", run.Output + run.Error + string.Concat(told.Select(t => t.ToJsonString())), StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(project.State, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("key-of-mine-123", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_told_without_its_secrets_and_with_the_place_of_the_file_without_its_password()
    {
        project.Write("p.yaml", """
            name: p
            secrets: { hub: { env: HF_TOKEN } }
            steps:
              own: { uses: shell, with: { run: 'touch "$OUT/$TOKEN"' }, env: { TOKEN: "${{ secrets.hub }}" } }
              after: { uses: shell, inputs: { o: own }, with: { run: 'true' } }
            """);
        foreach (var line in new[] { "init -q", "remote add origin https://me:password1@example.org/team/models.git", "add p.yaml", "-c user.name=t -c user.email=t@example.org commit -q -m first" }) Git(line);
        var ended = (await project.Pipeline(new Dictionary<string, string?> { ["HF_TOKEN"] = "hf_0123456789" }, "run", "p.yaml", "--json", "--openlineage", "events.jsonl")).Expect(ExitCode.StepFailed);
        var text = project.Read("events.jsonl");
        var told = Valid(text.Split('\n'));
        Assert.Equal("p:START p.own:START p.own:FAIL p:FAIL", Words(told));
        Assert.Contains("a file whose name holds a secret: ***", (string?)Last(told, "p.own")["run"]!["facets"]!["errorMessage"]!["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("hf_0123456789", text + ended.Output + ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("password1", text, StringComparison.Ordinal);
        var code = told[0]["job"]!["facets"]!["sourceCodeLocation"]!;
        Assert.Equal("https://example.org/team/models", (string?)code["url"]);
        Assert.Equal("p.yaml", (string?)code["path"]);
        Assert.Matches("^[0-9a-f]{40}$", (string?)code["version"]);
    }

    [Fact]
    public async Task An_address_that_nobody_answers_fails_no_run()
    {
        var ended = (await project.Run("--openlineage", $"http://127.0.0.1:{Receiver.FreePort()}/events")).Expect(ExitCode.Success);
        Assert.Contains("cannot be reached", ended.Error, StringComparison.Ordinal);
        Assert.Contains("The run is not affected", ended.Error, StringComparison.Ordinal);

        // One that accepts and says nothing costs the time that is allowed for it, and no more.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();
        ended = (await project.Run("--force", "count", "--openlineage", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/")).Expect(ExitCode.Success);
        Assert.Contains("OpenLineage: not all events could be sent in time", ended.Error, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 5, 150);
        using var refusing = new Receiver(_ => 401);
        ended = (await project.Run("--openlineage", refusing.Address)).Expect(ExitCode.Success);
        Assert.Contains("answered 401 Unauthorized", ended.Error, StringComparison.Ordinal);
        Assert.Single(refusing.Requests);
    }

    [Fact]
    public async Task A_target_that_cannot_be_is_refused_before_anything_runs()
    {
        var ended = (await project.Run("--openlineage", "https://me:secret1@example.org/x")).Expect(ExitCode.WrongInput);
        Assert.Contains("comes with a password or a query", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", ended.Error, StringComparison.Ordinal);
        Assert.Contains("is no http(s) address", (await project.Pipeline(new Dictionary<string, string?> { ["OPENLINEAGE_URL"] = "here" }, "run", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Run("--openlineage", "no/such/folder/events.jsonl")).Expect(ExitCode.WrongInput);
        Assert.False(Directory.Exists(project[".pipeline/results"]));
    }

    public void Dispose() => project.Dispose();

    private void Git(string line)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", project.Path, .. line.Split(' ')]))!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
