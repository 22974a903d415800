using System.Xml.Linq;
using Pipeline.Cli.Plots;
using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

public sealed class PlotsTests
{
    private const string Training = "steps: 6, batch: { sequences: 8 }, validation: { every: 3, sequences: 8 }, threads: 1";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static IEnumerable<string> Texts(XDocument svg) => svg.Descendants(Svg + "text").Select(t => t.Value);

    [Fact]
    public async Task Curves_and_final_metrics_of_both_sides_are_drawn_and_what_is_gone_is_said()
    {
        using var project = TinyTraining.Project(Training);
        project.Write(".gitignore", ".pipeline\n");
        var store = $"file:{project["store"]}";
        (await project.Run("--store", store)).Expect(ExitCode.Success);
        Git.Commit(project.Path, "first");
        (await project.Run("--store", store, "--set", "steps.pretrain.with.optimizer.learning_rate=0.01")).Expect(ExitCode.Success);
        // The old results are only in the shared store.
        Directory.Delete(project.State, recursive: true);
        (await project.Run("--store", store, "--set", "steps.pretrain.with.optimizer.learning_rate=0.01")).Expect(ExitCode.Success);

        var ended = (await project.Pipeline("plots", "diff", "p.yaml", "main", "--store", store, "--output", "drawn")).Expect(ExitCode.Success);
        Assert.Empty(ended.Error);
        var files = Directory.GetFiles(project["drawn"]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("01-pretrain-loss.svg", files);
        var loss = XDocument.Load(project["drawn/01-pretrain-loss.svg"]);
        Assert.Superset(new HashSet<string> { "pretrain: loss", "training · main", "validation · main", "training · last results", "validation · last results", "step" }, Texts(loss).ToHashSet());
        // Two sides, each with a solid and a dashed line.
        Assert.Equal(["#0B6BCB", "#0b6bcc", "#7A869A", "#7a869b"], loss.Descendants(Svg + "path").Select(p => (string?)p.Attribute("stroke")).Where(c => c?.StartsWith("#7a869", StringComparison.OrdinalIgnoreCase) is true || c?.StartsWith("#0b6bc", StringComparison.OrdinalIgnoreCase) is true).Order(StringComparer.Ordinal));
        Assert.Equal(2, loss.Descendants(Svg + "path").Count(p => p.Attribute("stroke-dasharray") is not null));
        var page = project.Read("drawn/index.html");
        Assert.Equal(files.Count - 1, page.Split("<svg").Length - 1);
        Assert.DoesNotContain("<?xml", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!#)", page);

        Directory.Delete(project["store"], recursive: true);
        var without = (await project.Pipeline("plots", "diff", "p.yaml", "main")).Expect(ExitCode.Success);
        Assert.Contains("note: pretrain: the result of main", without.Error, StringComparison.Ordinal);
        Assert.Contains("only its final metrics are drawn", without.Error, StringComparison.Ordinal);
        Assert.Contains("only its final metrics are drawn", project.Read(".pipeline/plots/tiny/index.html"), StringComparison.Ordinal);
        var bars = XDocument.Load(Directory.GetFiles(project[".pipeline/plots/tiny"], "*validation-loss.svg").Single());
        Assert.Superset(new HashSet<string> { "validation.loss", "pretrain", "main", "last results" }, Texts(bars).ToHashSet());

        Assert.Contains("charts -> ", (await project.Pipeline("plots", "show", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("main", project.Read(".pipeline/plots/tiny/index.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_draw_that_is_an_error_and_nothing_is_written()
    {
        using var project = new Project("name: p\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        Assert.Contains("has no results yet", (await project.Pipeline("plots", "show", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Contains("nothing to draw", (await project.Pipeline("plots", "show", "p.yaml", "--output", "drawn")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project["drawn"]));
    }

    [Fact]
    public async Task A_run_does_not_load_what_only_drawing_needs()
    {
        using var project = new Project("name: p\nsteps:\n  long: { uses: shell, with: { run: 'echo begun; sleep 60' } }\n");
        using var run = project.Start("run", "p.yaml", "--json", "--summary", "s.md", "--junit", "j.xml");
        Assert.True(await run.Says("begun"));
        var loaded = File.ReadAllText($"/proc/{run.Id}/maps");
        Assert.Contains("Pipeline.Engine.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("ScottPlot", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Skia", loaded, StringComparison.Ordinal);
        run.Signal(ProgramRun.Terminate);
        (await run.End()).Expect(ExitCode.Cancelled);
        Assert.Contains("## p: cancelled", project.Read("s.md"), StringComparison.Ordinal);
        Assert.Contains("<skipped", project.Read("j.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_the_same_on_every_machine()
    {
        // Everything but the text is ScottPlot's; the text is at the places that it computed.
        var lines = new Chart.Lines("train: loss", [new("training", 0, false, [(1, 3), (2, 2.5), (3, 2.25)]), new("validation", 1, true, [(3, 2.4)])]);
        Golden.Matches("plots/lines.svg", ChartDrawing.Svg(lines, 1));
        Golden.Matches("plots/bars.svg", ChartDrawing.Svg(new Chart.Bars("test.perplexity", ["main", "last results"], [new("evaluate a", 53.2, 51), new("evaluate b", null, 88)]), 2));
    }

    [Fact]
    public void Hostile_names_and_numbers_give_pictures_that_are_still_XML()
    {
        var title = "</text><script>alert(1)</script>\u0000\ud800 & \u001b[31m";
        var points = TrainingLogs.Parse(["", "[", "7", "{\"step\":\"x\"}", "{\"step\":1,\"loss\":1e999}", "{\"step\":1,\"loss\":\"NaN\"}", "{\"step\":2,\"loss\":5,\"<b>\":1}", "{\"step\":3,\"loss\":1e300}"]);
        Assert.Equal([(2, 5), (3, 1e300)], points["loss"]);
        foreach (var chart in new Chart[]
        {
            new Chart.Lines(title, [new(title, 0, false, points["loss"])]),
            new Chart.Lines("flat", [new("one", 0, false, [(0, 0)]), new("same", 1, false, [(0, 0), (1, 0)])]),
            new Chart.Bars(title, [title, "b"], [.. Enumerable.Range(0, 12).Select(i => new BarGroup(title + i, -i, i * 1e-9))]),
            new Chart.Bars("nothing", ["a"], [new("zero", 0, null)]),
        })
        {
            var svg = ChartDrawing.Svg(chart, 3);
            Assert.NotEmpty(XDocument.Parse(svg).Descendants(Svg + "text"));
            Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        }

        Assert.Equal(400, new Curve("x", 0, false, [.. Enumerable.Range(0, 100_000).Select(i => ((double)i, 1.0))]).Thinned().Points.Count);
    }
}
