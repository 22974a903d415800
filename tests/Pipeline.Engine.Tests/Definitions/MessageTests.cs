using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Whole messages, as people read them.</summary>
public class MessageTests
{
    public const string TenMistakes = """
        name: ten-mistakes
        params: { seed: 1234 }
        step: {}
        steps:
          corpus:
            uses: collect.file
            with: { paths: ["./data/*.html"] }
          raw:
            uses: collect.files
            with: { path: ["./data/*.html"] }
          clean:
            uses: clean.text
            inputs: { documents: raws }
            with: { normalize: nfx, minimum_words: -1 }
            priority: 2
          split:
            uses: partition.split
            inputs: { documents: clean.document }
            with: { seed: "${{ params.sed }}", train: most }
          tokenizer:
            uses: tokenizer.train-bpe
            inputs: { documents: split.train }
            with: { vocabsize: 4096 }
          pretrain:
            uses: train.pretrain
            inputs: { tokens: split, tokenizer: tokenizer }
            with: { model: { heads: 3, width: 128 } }
        """;

    [Fact]
    public void A_file_with_many_mistakes_shows_them_all_in_one_go() =>
        Golden.Matches("errors/many-mistakes.txt", Reading.Printed(TenMistakes));

    [Fact]
    public void Ten_mistakes_are_ten_located_problems()
    {
        var problems = Reading.Read(TenMistakes).Problems;
        Assert.True(problems.Count >= 10);
        Assert.All(problems, p => Assert.True(p.At.Line > 0 && p.At.Column > 0));
        Assert.Equal(problems.Count, problems.Distinct().Count());
    }

    [Fact]
    public void Overrides_are_named_in_words()
    {
        var options = new ReadOptions
        {
            Params = new Dictionary<string, string> { ["vocab"] = "many", ["sed"] = "1" },
            Sets = [("steps.clean.with.minimum_words", "few"), ("steps.claen.with.normalize", "nfc"), ("steps.clean.with.normalise", "nfc")],
            Profile = "smal",
        };
        Golden.Matches("errors/overrides.txt", Reading.Printed("""
            name: overridden
            params: { vocab: 4096 }
            profiles: { small: { params: { vocab: 512 } } }
            steps:
              raw: { uses: collect.files, with: { paths: [a] } }
              clean: { uses: clean.text, inputs: { documents: raw } }
              tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: "${{ params.vocab }}" } }
            """, options));
    }

    [Fact]
    public void Files_that_are_no_pipelines_are_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["folder.yaml"]);
        File.WriteAllBytes(folder["wide.yaml"], [0xFF, 0xFE, (byte)'a', 0]);
        File.WriteAllBytes(folder["latin.yaml"], [.. "name: caf"u8, 0xE9, (byte)'\n']);
        File.WriteAllBytes(folder["binary.yaml"], [.. "name: a\nsteps: "u8, 0]);
        folder.Write("empty.yaml", "");
        using (var large = File.Create(folder["large.yaml"])) large.SetLength((16 << 20) + 1);
        var said = string.Concat(new[] { "absent", "folder", "wide", "latin", "binary", "empty", "large" }
            .Select(name => ProblemPrinter.Print(DefinitionReader.Read(folder[name + ".yaml"], SampleSteps.Catalog, new ReadOptions()).Problems)));
        Golden.Matches("errors/files.txt", said.Replace(folder.Path, "FOLDER", StringComparison.Ordinal));
    }

    [Fact]
    public void Long_lines_and_control_characters_do_not_reach_the_screen()
    {
        var printed = Reading.Printed("steps: { a: { uses: \"x\\e[31m\", b: '" + new string('y', 5000) + "' } }");
        Assert.All(printed.Split('\n'), line => Assert.True(line.Length < 260, line));
        Assert.DoesNotContain(printed, c => char.IsControl(c) && c != '\n');
    }
}
