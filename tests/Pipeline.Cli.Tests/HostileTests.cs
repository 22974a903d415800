using System.Diagnostics;
using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>Wrong and hostile files, as the program meets them.</summary>
public sealed class HostileTests
{
    private const string TenMistakes = """
        name: wrong
        params: { seed: 7 }
        stepz: 1
        steps:
          files: { uses: collect.file, with: { paths: [a.txt] } }
          more: { uses: collect.files, with: { path: [a.txt] } }
          clean: { uses: clean.text, inputs: { documents: filez }, with: { normalize: nfx, minimum_words: -1 } }
          split: { uses: partition.split, inputs: { documents: clean.document }, with: { seed: "${{ params.sed }}", train: most } }
          tokens: { uses: tokenizer.encode, inputs: { split: clean, tokenizer: clean } }
          gate: { uses: gate, inputs: { metrics: clean }, with: { require: ["documents >"] }, timeout: 2 }
        """;

    [Fact]
    public async Task Ten_mistakes_are_ten_located_errors_in_one_go_and_nothing_runs()
    {
        using var project = new Project(TenMistakes);
        project.Write("a.txt", "text");
        var ended = (await project.Pipeline("run", "p.yaml")).Expect(ExitCode.WrongInput);
        Assert.Empty(ended.Output);
        Assert.True(ended.Error.Split('\n').Count(line => line.StartsWith("p.yaml:", StringComparison.Ordinal) && line.Contains(" error PIPE", StringComparison.Ordinal)) >= 10, ended.Error);
        Assert.Contains("nothing was run", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.State));
        Golden.Matches("cli/ten-mistakes.txt", ended.Error);
    }

    [Theory]
    [InlineData("alias bomb")]
    [InlineData("100 MB")]
    [InlineData("binary")]
    [InlineData("brackets")]
    public async Task A_hostile_file_is_refused_soon_and_in_little_memory(string kind)
    {
        using var project = new Project();
        File.WriteAllBytes(project["p.yaml"], kind switch
        {
            "alias bomb" => [.. "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"u8, .. Enumerable.Range(1, 30).SelectMany(i => System.Text.Encoding.UTF8.GetBytes($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"))],
            "100 MB" => [.. Enumerable.Repeat((byte)'x', 100 << 20)],
            "binary" => [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31))],
            _ => [.. Enumerable.Repeat((byte)'[', 8 << 20)],
        });
        var watch = Stopwatch.StartNew();
        using var run = project.Start("run", "p.yaml");
        var peak = PeakMegabytes(run.Id);
        var ended = (await run.End()).Expect(ExitCode.WrongInput);
        Assert.Contains("error PIPE", ended.Error, StringComparison.Ordinal);
        Assert.True(ended.Error.Length < 100_000);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
        Assert.True(await peak < 600, $"{await peak} MB");
    }

    /// <summary>The greatest resident size that the kernel noted, read until the process is gone.</summary>
    private static async Task<long> PeakMegabytes(int process)
    {
        long peak = 0;
        while (Processes.Status(process, "VmHWM") is { } kilobytes)
        {
            peak = Math.Max(peak, kilobytes >> 10);
            await Task.Delay(10);
        }

        Assert.True(peak > 0);
        return peak;
    }
}
