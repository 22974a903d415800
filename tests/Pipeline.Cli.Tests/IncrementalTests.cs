using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Tests;

/// <summary>Pieces of work outlive the process that did them, and are found by another one.</summary>
public sealed class IncrementalTests
{
    private const int Files = 500;

    [Fact]
    public async Task A_collection_that_is_killed_in_the_middle_goes_on_where_it_was()
    {
        using var project = WithPages();
        using (var run = project.Start("run", "p.yaml", "--json"))
        {
            Assert.True(await run.Says("step.started"));
            while (Pieces(project).Count < 50) await Task.Delay(5, TestContext.Current.CancellationToken);
            run.Signal(ProgramRun.Kill);
            await run.End();
        }

        var kept = Pieces(project).Count;
        Assert.InRange(kept, 50, Files - 1);
        var ended = (await project.Run()).Expect(ExitCode.Success);
        Assert.StartsWith($"{Files - kept} of {Files} files, ", (string?)ended.Steps["pages"]["anew"], StringComparison.Ordinal);
        var whole = (await project.Run("--state", "elsewhere")).Expect(ExitCode.Success);
        Assert.Equal(whole.Digest("pages", "documents"), ended.Digest("pages", "documents"));
        Assert.Null(whole.Steps["pages"]["anew"]);

        // What the killed run left half done is nobody's, and goes.
        project.Write("packages.lock.json", "{ \"version\": 2, \"dependencies\": {} }");
        (await project.Pipeline("gc", "--older-than", "0")).Expect(ExitCode.Success);
        Assert.Empty(Directory.EnumerateFiles(project[".pipeline/pieces"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_worker_finds_the_pieces_that_another_process_left()
    {
        using var project = WithPages(count: 20);
        var first = (await project.Run()).Expect(ExitCode.Success);
        project.Write("data/new.txt", "One page more.");
        var folder = new StateFolder(project.State);
        var key = (string)first.Steps["pages"]["key"]!;
        var with = new ResultStore(folder.Results, new(folder.Store)).Read(key)!.Recipe["with"]!.DeepClone().AsObject();
        with["paths"] = new JsonArray("data");
        var sources = SourceFiles.Resolve([new("data", Root: new("root", null))], project.Path, new(project["digests"], TimeProvider.System));
        var task = new StepTask
        {
            Step = "pages",
            Uses = "collect.files",
            Key = key,
            With = with,
            Inputs = [],
            Sources = sources,
            Ancestry = [],
            Outputs = new Dictionary<string, string> { ["documents"] = Directory.CreateDirectory(project["out"]).FullName, ["datasheet"] = Directory.CreateDirectory(project["sheet"]).FullName },
            Store = folder.Store,
            Workspace = project["workspace"],
            Scratch = project["scratch"],
            Pieces = folder.Pieces,
            PieceUse = PieceUse.Reuse,
            OutcomeFile = project["outcome.json"],
            Cpus = 2,
            Ranks = 1,
            Gpus = [],
        };
        var outcome = await Worker().RunAsync(task, new Quiet(), TestContext.Current.CancellationToken);
        Assert.Null(outcome.Failure);
        Assert.StartsWith("1 of 21 files, ", outcome.Anew, StringComparison.Ordinal);
        Assert.Equal(20, outcome.Measurements["pieces.file.found"]);
        Assert.NotEmpty(Directory.GetFiles(project["out"]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Several_processes_divide_the_work_and_make_the_bytes_of_one(int ranks)
    {
        Assert.SkipWhen(Steps.Running.Ranks.Launcher.Unavailable() is not null, "no MPI launcher here");
        using var project = WithPages(count: 60);
        var alone = (await project.Run("--state", "alone")).Expect(ExitCode.Success);
        var shared = (await project.Run("--set", $"steps.pages.resources.ranks={ranks}")).Expect(ExitCode.Success);
        Assert.Equal(alone.Digest("pages", "documents"), shared.Digest("pages", "documents"));
        Assert.Equal(60, Pieces(project).Count(p => File.ReadAllText(p).Contains("\"Marks\"", StringComparison.Ordinal)));

        // Without pieces of earlier runs there are none to share: one process does it all.
        var forced = (await project.Run("--force", "pages", "--set", $"steps.pages.resources.ranks={ranks}")).Expect(ExitCode.Success);
        Assert.Equal(alone.Digest("pages", "documents"), forced.Digest("pages", "documents"));
    }

    private static WorkerExecutor Worker()
    {
        var dotnet = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return new([dotnet, Path.Combine(AppContext.BaseDirectory, "pipeline.dll"), "worker"], new(() => "no ranks here", (_, _) => throw new InvalidOperationException()), new Dictionary<string, string>());
    }

    private static Project WithPages(int count = Files)
    {
        var project = new Project("name: p\nsteps:\n  pages: { uses: collect.files, with: { paths: [data] } }\n");
        var paragraphs = string.Concat(Enumerable.Range(0, 40).Select(i => $"<p>Paragraph {i} of a page that says this and that about <b>tides</b>, ships and the sea, at some length.</p>"));
        for (var i = 0; i < count; i++) project.Write($"data/{i:D3}.html", $"<html><head><title>Page {i}</title></head><body><article><h1>Page {i}</h1>{paragraphs}</article></body></html>");
        return project;
    }

    private static List<string> Pieces(Project project) =>
        Directory.Exists(project[".pipeline/pieces"]) ? [.. Directory.EnumerateFiles(project[".pipeline/pieces"], "*", SearchOption.AllDirectories).Where(f => Sha256.IsDigest(Path.GetFileName(f)))] : [];

    private sealed class Quiet : IStepListener
    {
        public void Logged(string line)
        {
        }

        public void Progressed(StepProgress progress)
        {
        }
    }
}
