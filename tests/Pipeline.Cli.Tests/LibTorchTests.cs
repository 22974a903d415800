namespace Pipeline.Cli.Tests;

/// <summary>A libtorch that the user chose is the one, and the only one, that a worker maps.</summary>
public sealed class LibTorchTests
{
    private const string Training = "steps: 5000, batch: { sequences: 8 }, validation: { every: 0 }, threads: 1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_computes_with_the_chosen_folder(bool byOption)
    {
        using var project = TinyTraining.Project(Training);
        var foreign = project["libtorch of another"];
        Directory.CreateDirectory(foreign);
        foreach (var file in Shipped()) File.CreateSymbolicLink(Path.Combine(foreign, Path.GetFileName(file)), file);
        var copied = Path.Combine(foreign, "libtorch_cpu.so");
        var real = new FileInfo(copied).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        File.Delete(copied);
        File.Copy(real, copied);

        var environment = new Dictionary<string, string?> { ["PIPELINE_LIBTORCH"] = byOption ? null : foreign };
        using var run = new ProgramRun(project.Path, ["run", "p.yaml", "--json", .. byOption ? new[] { "--libtorch", "libtorch of another" } : []], environment);
        Assert.True(await run.Says("\"step.progress\",\"id\":\"pretrain\""));
        var maps = Processes.Maps(Assert.Single(Processes.Workers(project.Path)));
        run.Signal(ProgramRun.Terminate);
        (await run.End()).Expect(ExitCode.Cancelled);

        var mapped = maps.Split('\n').Select(line => line.IndexOf('/') is >= 0 and var at ? line[at..] : "").Where(path => path.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal)).Distinct();
        Assert.Equal([copied], mapped);
    }

    [Fact]
    public async Task A_folder_that_does_not_serve_is_refused_before_any_step_runs()
    {
        using var project = TinyTraining.Project(Training);
        foreach (var arguments in new string[][] { ["--libtorch", "nowhere"], ["--libtorch=" + project.Path] })
        {
            var ended = (await project.Pipeline(["run", "p.yaml", .. arguments])).Expect(ExitCode.WrongInput);
            Assert.Contains("libtorch_cpu.so", ended.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(project.State));
        }
    }

    private static IEnumerable<string> Shipped()
    {
        var folders = Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch_cpu.so", SearchOption.AllDirectories);
        return Directory.EnumerateFiles(Path.GetDirectoryName(folders.First())!, "*.so*").Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal));
    }
}
