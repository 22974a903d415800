using System.Text;

namespace Pipeline.Engine.Tests.Definitions;

public class FlatCostTests
{
    /// <summary>Layers of steps, each taking from the layer above, with options and an expression each.</summary>
    internal static string Steps(int count)
    {
        var text = new StringBuilder("name: many\nparams: { seed: 7 }\nsteps:\n  s0:\n    uses: collect.files\n    with: { paths: [x] }\n");
        for (var i = 1; i < count; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  s{i}:\n    uses: clean.text\n    inputs: {{ documents: s{Math.Max(0, i - 100)} }}\n    with:\n      normalize: nfkc\n      minimum_words: \"${{{{ params.seed }}}}\"\n");
        return text.ToString();
    }

    /// <summary>Memory and not time: it is the same on a busy machine. The time is in benchmarks/dag.py.</summary>
    [Fact]
    public void Reading_a_step_costs_the_same_among_a_thousand_as_among_ten_thousand()
    {
        AllocatedForEach(10);
        var (few, many) = (AllocatedForEach(1_000), AllocatedForEach(10_000));
        Assert.InRange(many, 0, 20_000);
        Assert.InRange(many, 0, few * 1.3);
    }

    private static double AllocatedForEach(int count)
    {
        var text = Steps(count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(count, Reading.Good(text).Steps.Count);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
    }
}
