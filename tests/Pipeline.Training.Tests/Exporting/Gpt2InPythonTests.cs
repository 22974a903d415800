using System.Globalization;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

public sealed class Gpt2InPythonTests
{
    [Fact]
    public void A_forward_pass_in_NumPy_reads_the_export_and_gives_our_logits()
    {
        Assert.SkipUnless(Python.Has("numpy"), "no python3 with NumPy on this machine");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, new SpecialTokens(0, 0, null));
        long[] prompt = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 100, 0, 99, 50];
        var script = Path.Combine(Checkout.Root, "tests", "Pipeline.Training.Tests", "Exporting", "gpt2_reference.py");

        var theirs = Python.Run([script, folder.Path, .. prompt.Select(id => id.ToString(CultureInfo.InvariantCulture))])
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();

        var ours = TinyGpt.Logits(model, prompt).contiguous().data<float>().ToArray();
        Assert.Equal(theirs.Length, ours.Length);
        // float32 against float64, logits of a few units.
        Assert.InRange(theirs.Zip(ours, (their, our) => Math.Abs(their - our)).Max(), 0, 2e-5);
        Assert.True(theirs.Max() > 1);
    }
}
