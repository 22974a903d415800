using System.Text.Json.Nodes;
using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>A plugin from its template to its results.</summary>
public sealed class PluginRunTests(BuiltPlugin built) : IClassFixture<BuiltPlugin>
{
    private const string Assembly = $"plugin/bin/{BuiltPlugin.Name}.dll";

    private Project WithPlugin(string steps)
    {
        var project = new Project($"name: p\nplugins: [{Assembly}]\nsteps:\n{steps}");
        built.CopyTo(project.Path);
        return project;
    }

    [Fact]
    public async Task The_template_builds_without_a_network_and_its_check_holds()
    {
        using var project = WithPlugin("  a: { uses: shell, with: { run: 'true' } }\n");
        var run = (await project.Pipeline("run", "plugin/check.yaml", "--json")).Expect(ExitCode.Success);
        Assert.All(run.Steps.Values, s => Assert.Equal("ran", (string?)s["decision"]));
        Assert.All((await project.Pipeline("run", "plugin/check.yaml", "--json")).Expect(ExitCode.Success).Steps.Values, s => Assert.Equal("reused", (string?)s["decision"]));
        (await project.Pipeline("verify", "plugin/check.yaml")).Expect(ExitCode.Success);
        var gate = (await project.Pipeline("run", "plugin/check.yaml", "--json", "--set", "steps.right.with.require=[\"words == 9\"]")).Expect(ExitCode.GateFailed);
        Assert.Equal("failed", gate.Decision("right"));
    }

    [Fact]
    public async Task A_crash_of_a_plugin_is_a_failed_step_and_the_run_goes_on()
    {
        using var project = WithPlugin("  bad: { uses: acme.crash }\n  good: { uses: acme.borrow }\n");
        var run = (await project.Run("--keep-going")).Expect(ExitCode.StepFailed);
        Assert.Equal("bad:failed good:ran", run.Decisions);
        Assert.Equal("crash", (string?)run.Steps["bad"]["failure"]!["cause"]);
        Assert.Contains("about to end", (await project.Pipeline("logs", "p.yaml", "bad")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_has_dependencies_of_its_own_and_its_kinds_reach_other_steps()
    {
        using var project = WithPlugin("  said: { uses: acme.borrow }\n  read: { uses: shell, inputs: { said: said }, with: { run: 'cp \"$IN_SAID\" \"$OUT/copy.txt\"' } }\n");
        var run = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("said:ran read:ran", run.Decisions);
        (await project.Pipeline("artifacts", "export", "p.yaml", "read.out", "there")).Expect(ExitCode.Success);
        Assert.Equal("the plugin's own\n", project.Read("there/copy.txt"));
        Assert.Contains("Sayings", (await project.Pipeline("artifacts", "ls", "p.yaml")).Output, StringComparison.Ordinal);
        Assert.Contains("YamlDotNet.dll", (await project.Pipeline("explain", "p.yaml", "said")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rebuild_reruns_nothing_unless_code_changed_and_then_says_whose()
    {
        using var project = WithPlugin("  story: { uses: files.merge, with: { add: { a.txt: 'one fish two fish' } } }\n  count: { uses: acme-text-steps.count-words, inputs: { texts: story } }\n");
        (await project.Run()).Expect(ExitCode.Success);
        // Built in another folder, from the same source.
        Directory.Delete(project["plugin/bin"], recursive: true);
        Directory.Delete(project["plugin/obj"], recursive: true);
        Directory.Delete(project["library/bin"], recursive: true);
        Directory.Delete(project["library/obj"], recursive: true);
        var source = project.Read("plugin/CountWords.cs");
        project.Write("plugin/CountWords.cs", source.Replace("different ones", "distinct", StringComparison.Ordinal));
        await BuiltPlugin.BuildAsync(project["plugin"]);
        var plan = (await project.Plan()).Expect(ExitCode.Success);
        Assert.Equal("story:reuse count:run", plan.Decisions);
        Assert.Contains($"plugin.{BuiltPlugin.Name}.dll: changed", plan.Reason("count"), StringComparison.Ordinal);

        project.Write("plugin/CountWords.cs", source);
        await BuiltPlugin.BuildAsync(project["plugin"]);
        Assert.DoesNotContain($"plugin.{BuiltPlugin.Name}.dll", (await project.Plan()).Expect(ExitCode.Success).Reason("count"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Editors_and_listings_know_the_step_types_of_a_plugin()
    {
        using var project = WithPlugin("  a: { uses: nothing.of-the-kind }\n");
        var schema = JsonNode.Parse((await project.Pipeline("schema", "--file", "p.yaml")).Expect(ExitCode.Success).Output)!;
        Assert.Contains("acme-text-steps.count-words", schema["definitions"]!["uses"]!["enum"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(schema.ToJsonString(), JsonNode.Parse((await project.Pipeline("schema", "--plugin", Assembly)).Expect(ExitCode.Success).Output)!.ToJsonString());
        Assert.Contains("acme.borrow", (await project.Pipeline("steps", "--file", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("minimum_length", (await project.Pipeline("steps", "acme-text-steps.count-words", "--plugin", Assembly)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("acme", (await project.Pipeline("steps")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("'absent.dll' is not there", (await project.Pipeline("steps", "--plugin", "absent.dll")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_plugin_runs_for_a_file_without_it_or_for_help()
    {
        using var project = WithPlugin("  a: { uses: shell, with: { run: 'true' } }\n");
        project.Write("plain.yaml", "name: plain\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        // An assembly that cannot be read is not asked for.
        project.Write(Assembly, "damaged");
        (await project.Pipeline("run", "plain.yaml")).Expect(ExitCode.Success);
        (await project.Pipeline("run", "p.yaml", "--help")).Expect(ExitCode.Success);
        Assert.Contains("PIPE060", (await project.Pipeline("validate", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_builds_and_does_what_it_says()
    {
        using var project = new Project();
        var example = Path.Combine(Checkout.Root, "examples", "plugin");
        foreach (var file in Directory.EnumerateFiles(example).Where(f => !f.EndsWith(".lock.json", StringComparison.Ordinal))) File.Copy(file, project[Path.GetFileName(file)]);
        BuiltPlugin.NoNetwork(project.Path);
        await BuiltPlugin.BuildAsync(project.Path);
        var run = (await project.Pipeline("run", "readability.yaml", "--json")).Expect(ExitCode.Success);
        Assert.DoesNotContain(run.Steps.Values, s => (string?)s["decision"] != "ran");
        (await project.Pipeline("plan", "readability.yaml", "--check")).Expect(ExitCode.Success);
    }
}
