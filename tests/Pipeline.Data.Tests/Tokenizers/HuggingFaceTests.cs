using System.Diagnostics;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Beside the real engine, which npm installs with the servers that tests start.</summary>
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

    internal static string Run(params string[] arguments)
    {
        Assert.SkipWhen(NpmServers.Unavailable is not null, NpmServers.Unavailable ?? "");
        NpmServers.Install();
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Corpus.Folder, "huggingface.mjs"), NpmServers.Folder, .. arguments]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        return output;
    }
}
