using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Pipeline.TestKit;
using YamlDotNet.Serialization;

namespace Pipeline.Cli.Tests;

/// <summary>The workflows of examples/ci do what they say: their commands are run as the CI systems would, in clones of one repository with a store between them.</summary>
public sealed partial class CiWorkflowTests : IDisposable
{
    private const string GetProgram = "Get the program";

    private const string Model = """
        name: model
        params: { words: one two }
        steps:
          pages: { uses: collect.files, with: { paths: [../data/*.txt] } }
          train: { uses: shell, inputs: { pages: pages.documents }, with: { run: 'echo "${{ params.words }}" > $OUT/weights.txt' } }
          enough: { uses: gate, inputs: { metrics: pages }, with: { require: ["documents >= 1"] } }
          export: { uses: shell, needs: [enough], inputs: { model: train }, with: { run: 'cp "$IN_MODEL" $OUT/weights.txt' } }
        """;

    private readonly TemporaryFolder folder = new();

    public CiWorkflowTests()
    {
        Directory.CreateDirectory(folder["bin"]);
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        folder.Write("bin/pipeline", $"#!/bin/sh\nexec '{dotnet}' '{Path.Combine(AppContext.BaseDirectory, "pipeline.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder["bin/pipeline"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.Write("first/pipelines/model.yaml", Model);
        folder.Write("first/data/a.txt", "A small document.");
        folder.Write("first/.gitignore", ".pipeline\n*.xml\n*.md\nplots\n");
        Git.Commit(folder["first"], "first");
        Git.In(folder.Path, "clone", "-q", "--bare", "first", "origin.git");
    }

    [Fact]
    public async Task The_workflow_of_GitHub_plans_a_pull_request_and_retrains_gates_and_promotes_on_main()
    {
        var workflow = GitHub.Read();
        var variables = new Dictionary<string, string?> { ["PIPELINE_STORE"] = $"file:{folder["store"]}", ["GITHUB_ACTOR"] = "mona", ["GITHUB_SERVER_URL"] = "https://github.com", ["GITHUB_REPOSITORY"] = "acme/chat", ["GITHUB_RUN_ID"] = "7", ["GITHUB_BASE_REF"] = "" };
        Task<List<Done>> Job(string job, string clone, params (string, string)[] more) =>
            Run(workflow.Steps(job), clone, new(variables.Concat(workflow.Env).Concat(more.Select(m => KeyValuePair.Create(m.Item1, (string?)m.Item2))).GroupBy(v => v.Key).Select(g => KeyValuePair.Create(g.Key, g.Last().Value))) { ["PIPELINE_STORE"] = variables["PIPELINE_STORE"], ["GITHUB_STEP_SUMMARY"] = folder[$"{clone}.md"], ["GITHUB_SHA"] = Git.In(folder[clone], "rev-parse", "HEAD") });

        Clone("one");
        var first = await Job("train", "one");
        Assert.All(first, d => Assert.True(d.ExitCode == 0, d.ToString()));
        Assert.Equal(["Run", "Draw", "Promote", "Commit the lock file"], first.Select(d => d.Name));
        Assert.Contains("## model: succeeded", File.ReadAllText(folder["one.md"]), StringComparison.Ordinal);
        Assert.Contains("models/chat/production -> version 1", first[2].Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["one/run.xml"]));

        Clone("branch");
        Assert.True(File.Exists(folder["branch/pipelines/model.lock.json"]));
        Git.In(folder["branch"], "checkout", "-q", "-b", "more");
        File.WriteAllText(folder["branch/pipelines/model.yaml"], Model.Replace("one two", "one two three", StringComparison.Ordinal));
        Git.Commit(folder["branch"], "more words");
        var stored = Directory.GetFiles(folder["store"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var planned = await Job("plan", "branch", ("GITHUB_BASE_REF", "main"));
        Assert.All(planned, d => Assert.True(d.ExitCode == 0, d.ToString()));
        Assert.Contains("exit code 3", planned[0].Output, StringComparison.Ordinal);
        var page = File.ReadAllText(folder["branch.md"]);
        Assert.Contains("| run | train | <code>with&#46;run&#58; ", page, StringComparison.Ordinal);
        Assert.Contains("all the same", page, StringComparison.Ordinal);
        Assert.Equal(stored, Directory.GetFiles(folder["store"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

        Git.In(folder["branch"], "push", "-q", "origin", "more:main");
        Clone("two");
        var second = await Job("train", "two");
        Assert.All(second, d => Assert.True(d.ExitCode == 0, d.ToString()));
        Assert.Contains("4 steps: 2 reused", second[0].Output, StringComparison.Ordinal);
        Assert.Contains("models/chat/production -> version 2 (was 1)", second[2].Output, StringComparison.Ordinal);
        Assert.Contains("mona (https://github.com/acme/chat/actions/runs/7)", (await Pipeline("registry", "history", "chat@production")).Output, StringComparison.Ordinal);

        // A gate that does not hold ends the job before anything is promoted.
        Clone("bad");
        File.WriteAllText(folder["bad/pipelines/model.yaml"], Model.Replace(">= 1", ">= 2", StringComparison.Ordinal));
        Git.Commit(folder["bad"], "too much");
        var bad = await Job("train", "bad");
        Assert.Equal(("Run", 4), (bad[^1].Name, bad[^1].ExitCode));
        Assert.Contains("### Gates\n\n- ✗ enough", File.ReadAllText(folder["bad.md"]), StringComparison.Ordinal);
        Assert.Contains("production -> 2", (await Pipeline("registry", "ls")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pipeline_of_Azure_does_the_same()
    {
        var azure = Azure.Read();
        Dictionary<string, string?> Variables(string clone) => new(azure.Variables) { ["PIPELINE_STORE"] = $"file:{folder["store"]}", ["GITHUB_STEP_SUMMARY"] = "", ["GITHUB_ACTOR"] = "", ["BUILD_REQUESTEDFOR"] = "Ada", ["AZURE_STORAGE_CONNECTION_STRING"] = "UseDevelopmentStorage=true" };
        Clone("one");
        var first = await Run(azure.Steps("train"), "one", Variables("one"));
        Assert.All(first, d => Assert.True(d.ExitCode == 0, d.ToString()));
        Assert.Contains($"##vso[task.uploadsummary]{folder["one/run.md"]}", first[0].Output, StringComparison.Ordinal);
        Assert.Contains("version 1", first[1].Output, StringComparison.Ordinal);
        Assert.Contains("## model: succeeded", File.ReadAllText(folder["one/run.md"]), StringComparison.Ordinal);

        Git.In(folder["one"], "add", "pipelines/model.lock.json");
        Git.In(folder["one"], "commit", "-q", "-m", "lock");
        Git.In(folder["one"], "push", "-q", "origin", "HEAD:main");
        Clone("branch");
        File.WriteAllText(folder["branch/data/b.txt"], "Another one.");
        Git.Commit(folder["branch"], "more data");
        var planned = await Run(azure.Steps("plan"), "branch", new(Variables("branch")) { ["SYSTEM_PULLREQUEST_TARGETBRANCH"] = "refs/heads/main" });
        Assert.All(planned, d => Assert.True(d.ExitCode == 0, d.ToString()));
        Assert.Contains("| run | pages | <code>sources&#58; changed</code>", File.ReadAllText(folder["branch/plan.md"]), StringComparison.Ordinal);
        Assert.Contains("all the same", File.ReadAllText(folder["branch/metrics.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_have_the_shape_that_the_CI_systems_read()
    {
        var github = GitHub.Read();
        Assert.Equal(["env", "jobs", "name", "on"], github.Root.Keys.Cast<string>().Order(StringComparer.Ordinal));
        foreach (var job in Map(github.Root["jobs"]).Values.Select(Map))
        {
            Assert.Superset(new HashSet<string> { "if", "permissions", "runs-on", "steps" }, job.Keys.Cast<string>().ToHashSet());
            foreach (var step in List(job["steps"]).Select(Map))
            {
                Assert.Subset(new HashSet<string> { "name", "uses", "run", "with", "if", "env" }, step.Keys.Cast<string>().ToHashSet());
                if (step.TryGetValue("uses", out var action)) Assert.Matches(@"^[\w-]+/[\w.-]+@v\d+$", (string)action);
                // An expression in a script is how strangers' titles become commands: variables are safe.
                else Assert.DoesNotContain("${{", (string)step["run"], StringComparison.Ordinal);
            }
        }

        foreach (Match expression in Expression().Matches(Text("github-actions.yml"))) Assert.Matches(@"^(vars|secrets)\.[A-Z_]+$", expression.Groups[1].Value.Trim());
        var azure = Azure.Read();
        Assert.Equal(["jobs", "pool", "pr", "trigger", "variables"], azure.Root.Keys.Cast<string>().Order(StringComparer.Ordinal));
        foreach (var job in List(azure.Root["jobs"]).Select(Map))
        {
            Assert.Superset(new HashSet<string> { "job", "condition", "steps" }, job.Keys.Cast<string>().ToHashSet());
            foreach (var step in List(job["steps"]).Select(Map)) Assert.Single(step.Keys.Cast<string>(), k => k is "checkout" or "task" or "bash");
        }

        // What the program is built from is there.
        foreach (var file in new[] { "github-actions.yml", "azure-pipelines.yml" }) Assert.Contains("/src/Pipeline.Cli\"", Text(file), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(Checkout.Root, "src", "Pipeline.Cli")));
    }

    public void Dispose() => folder.Dispose();

    private void Clone(string name) => Git.In(folder.Path, "clone", "-q", "origin.git", name);

    private async Task<Ended> Pipeline(params string[] arguments)
    {
        using var run = new ProgramRun(folder.Path, [.. arguments, "--store", $"file:{folder["store"]}"]);
        return (await run.End()).Expect(ExitCode.Success);
    }

    /// <summary>The commands one after the other, until one fails.</summary>
    private async Task<List<Done>> Run(IEnumerable<(string Name, string Script)> steps, string clone, Dictionary<string, string?> variables)
    {
        var done = new List<Done>();
        foreach (var (name, script) in steps.Where(s => s.Name != GetProgram))
        {
            var start = new ProcessStartInfo("bash", ["-e", folder.Write($"scripts/{done.Count}.sh", script)]) { WorkingDirectory = folder[clone], RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (variable, value) in Git.Environment.Concat(variables)) start.Environment[variable] = value;
            foreach (var variable in new[] { "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "PIPELINE_CACHE" }) start.Environment.Remove(variable);
            start.Environment["PATH"] = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
            using var bash = Process.Start(start)!;
            var error = bash.StandardError.ReadToEndAsync();
            var output = await bash.StandardOutput.ReadToEndAsync();
            await bash.WaitForExitAsync();
            done.Add(new(name, bash.ExitCode, output + await error));
            if (bash.ExitCode != 0) break;
        }

        return done;
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Checkout.Root, "examples", "ci", file));

    private static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    private static List<object> List(object node) => (List<object>)node;

    private static Dictionary<object, object> Read(string file) => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Text(file));

    private static Dictionary<string, string?> Texts(object node) => Map(node).ToDictionary(p => (string)p.Key, p => (string?)p.Value);

    private sealed record Done(string Name, int ExitCode, string Output);

    private sealed record GitHub(Dictionary<object, object> Root)
    {
        public static GitHub Read() => new(CiWorkflowTests.Read("github-actions.yml"));

        public Dictionary<string, string?> Env => Texts(Root["env"]);

        public IEnumerable<(string, string)> Steps(string job) =>
            List(Map(Map(Root["jobs"])[job])["steps"]).Select(Map).Where(s => s.ContainsKey("run")).Select(s => ((string)s["name"], (string)s["run"]));
    }

    private sealed record Azure(Dictionary<object, object> Root)
    {
        public static Azure Read() => new(CiWorkflowTests.Read("azure-pipelines.yml"));

        public Dictionary<string, string?> Variables => Texts(Root["variables"]);

        public IEnumerable<(string, string)> Steps(string job) =>
            List(List(Root["jobs"]).Select(Map).Single(j => (string)j["job"] == job)["steps"]).Select(Map).Where(s => s.ContainsKey("bash")).Select(s => ((string)s["displayName"], (string)s["bash"]));
    }

    [GeneratedRegex(@"\$\{\{(.*?)\}\}")]
    private static partial Regex Expression();
}
