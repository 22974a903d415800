using System.Text;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Tests that measure run alone, and count CPU time: the machine may be busy with something else.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

[Collection(nameof(Alone))]
public class SpeedTests(ITestOutputHelper output)
{
    /// <summary>Layers of steps, each taking from the layer above, with options and an expression each.</summary>
    internal static string Steps(int count)
    {
        var text = new StringBuilder("name: many\nparams: { seed: 7 }\nsteps:\n  s0:\n    uses: collect.files\n    with: { paths: [x] }\n");
        for (var i = 1; i < count; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  s{i}:\n    uses: clean.text\n    inputs: {{ documents: s{Math.Max(0, i - 100)} }}\n    with:\n      normalize: nfkc\n      minimum_words: \"${{{{ params.seed }}}}\"\n");
        return text.ToString();
    }

    [Theory]
    [InlineData(1_000, 60)]
    [InlineData(10_000, 500)]
    public void Reading_many_steps_is_fast(int count, int milliseconds)
    {
        var text = Steps(count);
        var best = TimeSpan.MaxValue;
        long allocated = 0;
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Environment.CpuUsage.TotalTime;
            Assert.Equal(count, Reading.Good(text).Steps.Count);
            var spent = Environment.CpuUsage.TotalTime - start;
            if (spent < best) best = spent;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        output.WriteLine($"{count} steps: {best.TotalMilliseconds:F1} ms, {allocated >> 20} MiB allocated");
        Assert.True(best < TimeSpan.FromMilliseconds(milliseconds), $"{best}");
        Assert.True(allocated < 20_000L * count, $"{allocated >> 20} MiB");
    }
}
