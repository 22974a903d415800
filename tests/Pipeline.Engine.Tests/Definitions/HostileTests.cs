using System.Text;
using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Files made to harm: each is refused with a code, soon, and within little memory.</summary>
public sealed class HostileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Bomb(int levels) =>
        string.Concat(Enumerable.Range(0, levels).Select(i => i == 0 ? "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" : $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));

    public static TheoryData<string, string> Texts => new()
    {
        { "alias bomb", ProblemCodes.TooDeepOrTooMany },
        { "merge bomb", ProblemCodes.TooDeepOrTooMany },
        { "long text repeated", ProblemCodes.TooDeepOrTooMany },
        { "param bomb", ProblemCodes.TooDeepOrTooMany },
        { "param chain", ProblemCodes.TooDeepOrTooMany },
        { "open brackets", ProblemCodes.TooDeepOrTooMany },
        { "open braces", ProblemCodes.TooDeepOrTooMany },
        { "open lists", ProblemCodes.TooDeepOrTooMany },
        { "open keys", ProblemCodes.TooDeepOrTooMany },
        { "deep indents", ProblemCodes.TooDeepOrTooMany },
        { "millions of values", ProblemCodes.TooDeepOrTooMany },
        { "huge text", ProblemCodes.WrongShape },
        { "huge key", ProblemCodes.WrongShape },
        { "NUL", ProblemCodes.NotText },
        { "escape codes", ProblemCodes.NotText },
        { "half a surrogate", ProblemCodes.Syntax },
        { "escaped NUL", ProblemCodes.NotText },
        { "anchor in itself", ProblemCodes.RefusedYaml },
        { "tag", ProblemCodes.RefusedYaml },
        { "two documents", ProblemCodes.RefusedYaml },
        { "mapping as a key", ProblemCodes.RefusedYaml },
    };

    private static string Text(string name) => name switch
    {
        "alias bomb" => Bomb(30),
        "merge bomb" => "a0: &a0 { x: 1 }\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} {{ <<: [*a{i - 1}], b{i}: *a{i - 1} }}\n")),
        "long text repeated" => $"t: &t {new string('x', 1 << 20)}\nl: [{string.Join(", ", Enumerable.Repeat("*t", 100_000))}]\n",
        "param bomb" => "params:\n  p0: x\n" + string.Concat(Enumerable.Range(1, 31).Select(i => $"  p{i}: \"${{{{ params.p{i - 1} }}}}${{{{ params.p{i - 1} }}}}\"\n")),
        "param chain" => "params:\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"  p{i}: \"${{{{ params.p{i + 1} }}}}\"\n")) + "  p100000: x\n",
        "open brackets" => new string('[', 8 << 20),
        "open braces" => string.Concat(Enumerable.Repeat("{a: ", 2 << 20)),
        "open lists" => string.Concat(Enumerable.Repeat("- ", 4 << 20)),
        "open keys" => string.Concat(Enumerable.Repeat("? ", 4 << 20)),
        "deep indents" => string.Concat(Enumerable.Range(0, 3000).Select(i => new string(' ', i) + "a:\n")),
        "millions of values" => "a: [" + string.Concat(Enumerable.Repeat("1,", 7 << 20)) + "]",
        "huge text" => new string('x', 15 << 20),
        "huge key" => "'" + new string('x', 15 << 20) + "': 1",
        "NUL" => "name: a\0b",
        "escape codes" => "name: \u001b[2J",
        "half a surrogate" => "name: \"\\ud800\"",
        "escaped NUL" => "name: \"a\\0b\"",
        "anchor in itself" => "name: &a [*a]",
        "tag" => "name: !!python/object/apply:os.system [ls]",
        "two documents" => "name: a\n---\nname: b\n",
        "mapping as a key" => "{ { a: b }: c }",
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>Far above what it takes alone: a thread that allocates also collects the garbage of the tests beside it.</summary>
    private const double LongestSeconds = 20;

    /// <summary>Of this thread alone: other tests run beside this one.</summary>
    private static double ProcessorSeconds() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) / 1e9;

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_hostile_text_is_refused_soon(string name, string code)
    {
        var text = Text(name);
        var start = ProcessorSeconds();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = Reading.Read(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var used = ProcessorSeconds() - start;
        Assert.Null(result.Definition);
        Assert.Contains(result.Problems, p => p.Code == code || (name == "huge key" && p.Code == ProblemCodes.Syntax));
        Assert.True(used < LongestSeconds, $"{used} s");
        Assert.True(allocated < 1L << 30, $"{allocated >> 20} MiB");
        Assert.True(ProblemPrinter.Print(result.Problems).Length < 100_000);
    }

    [Theory]
    [InlineData(ProblemCodes.TooLarge)]
    [InlineData(ProblemCodes.NotText)]
    [InlineData(ProblemCodes.CannotRead)]
    public void A_hostile_file_is_refused_before_it_fills_memory(string code)
    {
        var file = folder["pipeline.yaml"];
        if (code == ProblemCodes.TooLarge)
        {
            using var stream = File.Create(file);
            stream.SetLength(100 << 20);
        }
        else if (code == ProblemCodes.NotText)
        {
            File.WriteAllBytes(file, [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31))]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = DefinitionReader.Read(file, SampleSteps.Catalog, new ReadOptions());
        Assert.Equal(code, Assert.Single(result.Problems).Code);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    public void An_endless_device_is_read_no_further_than_the_limit()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "needs /dev/zero");
        Assert.Equal(ProblemCodes.TooLarge, Assert.Single(DefinitionReader.Read("/dev/zero", SampleSteps.Catalog, new ReadOptions()).Problems).Code);
    }

    [Fact]
    public void A_folder_and_a_missing_file_say_so()
    {
        Assert.Equal("this is a folder", DefinitionReader.Read(folder.Path, SampleSteps.Catalog, new ReadOptions()).Problems[0].Message);
        Assert.Equal("there is no such file", DefinitionReader.Read(folder["no.yaml"], SampleSteps.Catalog, new ReadOptions()).Problems[0].Message);
    }

    [Fact]
    public void Other_encodings_are_named()
    {
        File.WriteAllText(folder["a.yaml"], "name: a", Encoding.Unicode);
        Assert.Equal("save it as UTF-8", DefinitionReader.Read(folder["a.yaml"], SampleSteps.Catalog, new ReadOptions()).Problems[0].Remedy);
        File.WriteAllText(folder["b.yaml"], "name: ok\nlabel: caf\u00e9\n", Encoding.Latin1);
        Assert.Equal((ProblemCodes.NotText, 2, 11), DefinitionReader.Read(folder["b.yaml"], SampleSteps.Catalog, new ReadOptions()).Problems is [var p] ? (p.Code, p.At.Line, p.At.Column) : default);
    }

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_do_no_harm()
    {
        File.WriteAllText(folder["a.yaml"], "name: a\r\nsteps:\r\n  b:\r\n    uses: shell\r\n    with: { run: ls }\r\n    x: 1\r\n", new UTF8Encoding(true));
        var result = DefinitionReader.Read(folder["a.yaml"], SampleSteps.Catalog, new ReadOptions());
        Assert.Equal((6, 5), (result.Problems[0].At.Line, result.Problems[0].At.Column));
    }

    [Fact]
    public void Ten_thousand_mistakes_are_cut_short()
    {
        var text = "steps:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  step{i}: {{ uses: clean.text, inputs: {{ documents: stop{i} }} }}\n"));
        var start = ProcessorSeconds();
        var result = Reading.Read(text);
        var used = ProcessorSeconds() - start;
        Assert.EndsWith("200 errors or more; nothing was run.\n", ProblemPrinter.Print(result.Problems), StringComparison.Ordinal);
        Assert.True(used < LongestSeconds, $"{used} s");
    }

    [Fact]
    public void Aliases_and_merge_keys_within_the_limits_are_fine()
    {
        var step = Reading.Good("""
            steps:
              a: { uses: collect.files, with: { paths: [x] } }
              b: { uses: clean.text, inputs: &in { documents: a }, with: &with { minimum_words: 1, normalize: none } }
              c: { uses: clean.text, inputs: *in, with: { <<: *with, minimum_words: 2 } }
            """).Step("c");
        Assert.Equal("""{"normalize":"none","strip_markup":true,"minimum_words":2}""", step.With.ToJsonString());
    }

    [Fact]
    public void A_mistake_behind_an_alias_is_said_once() =>
        Assert.Equal(ProblemCodes.OutOfRange, Reading.Only("""
            steps:
              a: { uses: collect.files, with: { paths: [x] } }
              b: { uses: clean.text, inputs: { documents: a }, with: &with { minimum_words: -1 } }
              c: { uses: clean.text, inputs: { documents: a }, with: *with }
            """).Code);

    [Fact]
    public void A_chain_of_ten_thousand_steps_is_fine() =>
        Assert.Equal(10_001, Reading.Good("steps:\n  s0: { uses: collect.files, with: { paths: [x] } }\n" + string.Concat(Enumerable.Range(1, 10_000).Reverse().Select(i => $"  s{i}: {{ uses: clean.text, inputs: {{ documents: s{i - 1} }} }}\n"))).Steps.Count);
}
