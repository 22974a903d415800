using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>The short way through the tokens gives what the parser gives, or leaves the text to it.</summary>
public sealed class TokenReaderTests
{
    private const string Usual = """
        # a comment
        name: "usual"
        params: { a: 1, 'b c': "x\ty", list: [1, two, [3, {}], {d: e,}], empty: {}, none: , }
        steps:
          one:
            uses: shell   # another
            with:
              run: |
                first
                  second

              folded: >-
                some
                words
              plain: over lines
                that go
                  on below
          two: { uses: shell, inputs: { x: one,
              y: [one,
                  one] } }
          three:
            needs:
            - one
            -
            - two: { a: b }
              three:
            - 
              - nested
              - more
            nothing:
            ~: null
            "quoted key": 'it''s'
        last: end
        """;

    public static TheoryData<string> Shapes => new(
        "a: 1", "- a\n- b", "[a, b]", "{a: b}", "a:\n- b\n- c\nd: e", "a:\n  - b\n  -\n  - c: d\n    e:\n", "a: {b: {c: [d, {e: f}]}}", "a:\n  b:\n    c:\nd:", "'a': \"b\"", "a: |\n  x\n  y\n", "a: >+\n  x\n\n", "text", "\"text\"", "{}", "[]",
        "a: [b,\n  c]\nd: {e: f,\n  g: h}", "a: {b: , c: }", "a: b # c\n# d\n", "a: https://x.y/#z", "a: -1e5", "\u00e9: \u4e2d\u6587", "a:\r\n  b: c\r\n", "{a: 1, }", "[a, ]", "? a\n: b");

    public static TheoryData<string> Unusual => new(
        "", "# nothing", "a: &x 1\nb: *x", "a: !!str b", "--- \na: b", "a: b\n...", "a: b\n---\nc: d", "%YAML 1.2\n---\na: b", "? [a]\n: b", "{a, b}", "[a: b]", ": a", "a: b\na: c", "<<: {a: b}", "a: [b", "a: {b", "a:\n\tb: c", "a: b: c", "- - a\n b", "a: \"b", "a: 'b",
        "a: \"\\0\"", "a: *x", "[,]", "{,}", "a: ]", "@a", "`a", "a\n  b: c");

    private static string Shown(Node? node) => node switch
    {
        ScalarNode scalar => $"{At(scalar)}{(scalar.Plain ? "plain" : "quoted")} {scalar.Text}",
        ListNode list => $"{At(list)}[{string.Join(", ", list.Items.Select(Shown))}]",
        MapNode map => $"{At(map)}{{{string.Join(", ", map.Entries.Select(e => $"{Shown(e.Key)} => {Shown(e.Value)}"))}}}",
        _ => "nothing",
    };

    private static string At(Node node) => $"{node.Place.Line}:{node.Place.Column}+{node.Place.Length} ";

    private static string ByParser(string text, out int found)
    {
        var problems = new ProblemList();
        string shown;
        try
        {
            shown = Shown(NodeReader.ReadAny(new SourceText("p.yaml", text, isFile: true), problems));
        }
        catch (RefusedException refused)
        {
            shown = "refused";
            refused.AddTo(problems);
        }

        found = problems.Count;
        return shown;
    }

    private static string? ByTokens(string text) => TokenReader.Read(new SourceText("p.yaml", text, isFile: true)) is { } node ? Shown(node) : null;

    private static void IsTheSame(string text)
    {
        var expected = ByParser(text, out var problems);
        Assert.Equal((expected, 0), (ByTokens(text), problems));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Usual_shapes_are_read_as_by_the_parser(string text) => IsTheSame(text);

    [Fact]
    public void A_file_of_all_usual_shapes_is_read_as_by_the_parser() => IsTheSame(Usual);

    [Theory]
    [MemberData(nameof(Unusual))]
    public void All_else_is_left_to_the_parser(string text) => Assert.Null(ByTokens(text));

    [Fact]
    public void Every_pipeline_of_the_repository_is_read_as_by_the_parser()
    {
        var files = new[] { "examples", "pipelines" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Checkout.Root, f), "*.yaml", SearchOption.AllDirectories)).ToList();
        Assert.True(files.Count > 20);
        // Anchors are the parser's.
        Assert.All(files.Select(File.ReadAllText).Where(text => !text.Contains(" &", StringComparison.Ordinal)), IsTheSame);
    }

    [Fact]
    public void Whatever_is_broken_is_read_as_by_the_parser_or_left_to_it()
    {
        const string Inserted = "{}[]:,-'\"#&*!|>?%@ \n\ta1";
        var random = new Random(7);
        for (var i = 0; i < 4000; i++)
        {
            var text = Usual;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)),
                    1 => text.Insert(at, Inserted[random.Next(Inserted.Length)].ToString()),
                    _ => text[..at] + Inserted[random.Next(Inserted.Length)] + text[(at + 1)..],
                };
            }

            if (ByTokens(text) is not { } read) continue;
            var expected = ByParser(text, out var problems);
            Assert.True(problems == 0 && expected == read, $"{text}\n--- parser, {problems} problems\n{expected}\n--- tokens\n{read}");
        }
    }

    [Fact]
    public void What_is_too_deep_is_left_to_the_parser()
    {
        IsTheSame(string.Concat(Enumerable.Repeat("[", NodeReader.MaximumDepth)) + string.Concat(Enumerable.Repeat("]", NodeReader.MaximumDepth)));
        Assert.Null(ByTokens(string.Concat(Enumerable.Repeat("[", 5000))));
        Assert.Null(ByTokens(string.Concat(Enumerable.Repeat("[", NodeReader.MaximumDepth + 2)) + string.Concat(Enumerable.Repeat("]", NodeReader.MaximumDepth + 2))));
    }
}
