using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.Cli.Tests;

public sealed partial class GenerateTests
{
    private static readonly string[] Greedy = ["--prompt", "Number 7: the", "--max-tokens", "6", "--temperature", "0"];

    [Fact]
    public async Task A_step_its_digest_and_its_exported_folder_write_the_same_text_and_nothing_else()
    {
        using var project = TinyTraining.Project("steps: 5, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1");
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "pretrain.model", "exported")).Expect(ExitCode.Success);
        var digest = ModelDigest().Match((await project.Pipeline("artifacts", "ls", "p.yaml")).Output).Groups[1].Value;

        var byStep = (await project.Pipeline(["generate", "p.yaml", "--model", "pretrain.model", .. Greedy])).Expect(ExitCode.Success);
        Assert.Equal("", byStep.Error);
        Assert.EndsWith("\n", byStep.Output, StringComparison.Ordinal);
        foreach (var named in new[] { digest, "exported" })
            Assert.Equal(byStep.Output, (await project.Pipeline(["generate", "--model", named, .. Greedy])).Expect(ExitCode.Success).Output);

        var batch = (await project.Pipeline(["generate", "--model", "exported", "--prompt", "Two are \"the\"", .. Greedy])).Expect(ExitCode.Success).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Two are \"the\"", "Number 7: the"], batch.Select(line => $"{JsonNode.Parse(line)!["prompt"]}"));
        Assert.Equal(byStep.Output, $"{JsonNode.Parse(batch[1])!["text"]}\n");

        // A decoder that was trained without prefixes reads one all the same.
        Assert.NotEqual("", (await project.Pipeline(["generate", "--model", "exported", "--prefix", .. Greedy])).Expect(ExitCode.Success).Output);

        string[] drawn = ["generate", "--model", "exported", "--prompt", "", "--max-tokens", "12", "--temperature", "1.5", "--top-k", "50", "--seed"];
        var text = (await project.Pipeline([.. drawn, "3"])).Expect(ExitCode.Success).Output;
        Assert.Equal(text, (await project.Pipeline([.. drawn, "3"])).Output);
        Assert.NotEqual(text, (await project.Pipeline([.. drawn, "4"])).Output);

        using var chat = new ProgramRun(project.Path, ["chat", "--model", "exported", "--max-tokens", "5"], null, "sh", "-c", "printf 'hello\\n/new\\nonce more\\n/exit\\nnever read\\n' | \"$@\"", "sh");
        var talked = await chat.End();
        talked.Expect(ExitCode.Success);
        Assert.Contains("gpt, ", talked.Error, StringComparison.Ordinal);
        Assert.Equal(4, talked.Error.Split("> ").Length - 1);
    }

    [Theory]
    [InlineData("--model nowhere --prompt a", "There is no folder 'nowhere', and it is no digest. The step of a pipeline is named with its file: generate FILE --model nowhere")]
    [InlineData("--model . --prompt a", "has none of tokenizer.json, tokenizer.model, spiece.model, vocab.txt, without which its tokens have no text")]
    [InlineData("--model . --prompt a --temperature 0 --top-k 5", "At temperature 0 the most probable token is taken, so top-k would be ignored")]
    [InlineData("--model . --prompt a --max-tokens 0", "The most tokens to generate is 0, but must be at least 1.")]
    [InlineData("--model abcdef --prompt a", "has a digest or a key that begins with 'abcdef'")]
    [InlineData("absent --model a --prompt a", "There is no file 'absent'")]
    public async Task What_cannot_be_done_is_said_on_standard_error(string arguments, string expected)
    {
        using var project = new Project();
        var ended = await project.Pipeline(["generate", .. arguments.Split(' ')]);
        Assert.Equal((ExitCode.WrongInput, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^([0-9a-f]{12}) .*pretrain\.model", RegexOptions.Multiline)]
    private static partial Regex ModelDigest();
}
