using System.Diagnostics;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Runs beside the real engine where <c>HF_TOKENIZERS</c> names the folder in which <c>npm install tokenizers@0.23.2</c> was run.</summary>
public class HuggingFaceTests
{
    [Fact]
    public void The_real_engine_learns_the_same_from_random_text()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        foreach (var alphabet in (string[])["ab", "abc ", "aä漢 \n", "the quick's 123!\t\n "])
        {
            var symbols = alphabet.EnumerateRunes().ToArray();
            var text = string.Concat(Enumerable.Range(0, 20_000).Select(_ => random.Next(9) == 0 ? " " : symbols[random.Next(symbols.Length)].ToString()));
            var path = folder.Write("text.txt", text);
            Run("train", folder["out.json"], path);
            Corpus.AssertLearnsAs(folder["out.json"], text);
        }
    }

    [Theory]
    [InlineData(SplitPattern.Gpt2)]
    [InlineData(SplitPattern.Cl100k)]
    public void The_real_engine_reads_our_file_and_gives_the_same_ids(SplitPattern pattern)
    {
        using var folder = new TemporaryFolder();
        var model = pattern == SplitPattern.Gpt2 ? Corpus.Small : Corpus.SmallCl100k;
        TokenizerFile.Write(folder["tokenizer.json"], model);
        Assert.Equal(string.Join(',', new TextTokenizer(model).Encode(Corpus.Text)), Run("encode", folder["tokenizer.json"], Corpus.TextPath));
    }

    private static string Run(params string[] arguments)
    {
        var package = Environment.GetEnvironmentVariable("HF_TOKENIZERS");
        Assert.SkipWhen(string.IsNullOrEmpty(package), "HF_TOKENIZERS names no folder with npm's tokenizers 0.23.2");
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Corpus.Folder, "huggingface.mjs"), package!, .. arguments]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        return output;
    }
}
