using CsCheck;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Tests.Cleaning;

/// <summary>Code keeps every character; the prose around it is cleaned.</summary>
public sealed class CodeTests
{
    private const string Code = "if (a &lt; b) { s = “x”;  y = \"<b>!!!!!!</b>\"; // see http://a.b/c, me@x.org…";

    [Theory]
    [InlineData("```js\n{0}\n```")]
    [InlineData("~~~\n{0}\n~~~")]
    [InlineData("````\n```\n{0}\n```\n````")]
    [InlineData("> ```\n> {0}\n> ```")]
    [InlineData("- ```\n  {0}\n  ```")]
    [InlineData("1. one\n\n   ~~~sh\n   {0}\n   ~~~~~")]
    [InlineData("x `{0}` x")]
    [InlineData("x ``{0} ` y`` x")]
    public void Code_stays_and_prose_beside_it_is_cleaned(string form)
    {
        var code = form.Replace("{0}", Code, StringComparison.Ordinal);
        Assert.Equal($"\"a\" x\n\n{code}\n\n\"b\"", Clean($"“a”  <b>x</b>\n\n{code}\n\n“b”"));
    }

    [Fact]
    public void Indented_code_is_code_in_Markdown_alone()
    {
        var indented = $"“a”\n\n    {Code}\n\n    more  “code”\n\n“b”\n- “item”\n\n    “of the item”\n\n        “code”  in it\n“c”";
        Assert.Equal($"\"a\"\n\n    {Code}\n\n    more  “code”\n\n\"b\"\n- \"item\"\n\n    \"of the item\"\n\n        “code”  in it\n\"c\"", Clean(indented, type: "text/markdown"));
        Assert.DoesNotContain("“", Clean(indented), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fence_that_nothing_closes_is_code_to_the_end_in_Markdown_and_an_ornament_elsewhere()
    {
        Assert.Equal("\"a\"\n```\n“b”  c", Clean("“a”\n```\n“b”  c", type: "text/markdown"));
        Assert.Equal("\"a\"\n```\n\"b\" c", Clean("“a”\n```\n“b”  c"));
    }

    [Fact]
    public void Titles_that_are_underlined_with_tildes_open_no_code() =>
        Assert.Equal("1.0.3 (15 Feb 05)\n~~~~~~~~~~~~~~~~~\n\n* \"One\" two\n\n1.0.2\n~~~~~\nMore \"text\"\n\n~~~~~\n“code”\n~~~~~", Clean("1.0.3 (15 Feb 05)\n~~~~~~~~~~~~~~~~~\n\n* “One”  two\n\n1.0.2\n~~~~~\nMore “text”\n\n~~~~~\n“code”\n~~~~~"));

    [Theory]
    [InlineData("He said `so' and ``so'' and “so”, then `that’ and “that`.", "He said `so' and ``so'' and \"so\", then `that' and \"that`.")]
    [InlineData("one ` tick “and”\nanother ` there", "one ` tick \"and\"\nanother ` there")]
    [InlineData("a ``` b “c” ``` d", "a ``` b “c” ``` d")]
    public void Ticks_are_code_in_pairs(string text, string cleaned) => Assert.Equal(cleaned, Clean(text));

    [Theory]
    [InlineData("src/a.py", "text/plain", null, null, true)]
    [InlineData("repo.tar.gz!/src/A.CS", "text/plain", null, null, true)]
    [InlineData("Makefile", "text/plain", null, null, true)]
    [InlineData("https://x.org/raw/a.rs?x=1", "text/plain", null, null, true)]
    [InlineData("https://x.rs", "text/plain", null, null, false)]
    [InlineData("rows.jsonl", "text/plain", "path", "lib/x.go", true)]
    [InlineData("rows.jsonl", "text/plain", "extension", "cpp", true)]
    [InlineData("rows.jsonl", "text/plain", "programming_language", "Python", true)]
    [InlineData("rows.jsonl", "text/plain", "lang", "en", false)]
    [InlineData("rows.jsonl", "text/x-java", null, null, true)]
    [InlineData("page.php", "text/html", null, null, false)]
    [InlineData("a.txt", "text/plain", null, null, false)]
    [InlineData("a", "text/x-wiki", null, null, false)]
    public void Source_files_are_left_alone(string source, string type, string? key, string? value, bool code)
    {
        var text = $"\t{Code}\r\n\r\n\r\n\r\nx =  e\u0301\0\n";
        var document = Document.Create(source, text) with { MediaType = type, Metadata = key is null ? new Dictionary<string, string>() : new() { [key] = value! } };
        var cleaner = new TextCleaner(new());
        var tally = cleaner.NewTally();
        var cleaned = cleaner.Apply(document, tally)!.Text;
        Assert.Equal(code, cleaned == $"\t{Code}\n\n\n\nx =  é\n");
        Assert.Equal(code ? 1 : 0, tally.ToFunnel().Found?.GetValueOrDefault("protected.code_files") ?? 0);
    }

    [Fact]
    public void A_first_line_that_names_an_interpreter_makes_a_source_file() => Assert.Equal("#!/bin/sh\necho  “a”", Clean("#!/bin/sh\necho  “a”"));

    [Fact]
    public void What_was_protected_is_counted_and_samples_show_code_in_its_place()
    {
        var funnel = Filtered.By(new TextCleaner(new()), "“a” `x` b\n```\ny\n```\n`z`").Funnel;
        Assert.Equal([("protected.code_blocks", 1L), ("protected.code_spans", 2)], funnel.Found!.Select(f => (f.Key, f.Value)));
        Assert.Equal("“a” `x` b\n```\ny\n```\n`z`", funnel.Rules.Single(r => r.Rule == "punctuation").Samples[0].Before);
    }

    [Fact]
    public void Without_protection_code_is_cleaned_like_prose() => Assert.Equal("`\"a\"`", new TextCleaner(new() { ProtectCode = false }).Clean("`“a”`"));

    [Fact]
    public void No_line_filter_nor_comment_takes_code_with_it()
    {
        Assert.Equal("```\nAll rights reserved\n```\nlonger", new TextCleaner(new() { DropLines = ["^.{0,5}$"] }).Clean("a `b`\n```\nAll rights reserved\n```\nlonger"));
        Assert.Contains("```\nx\n```", Clean("<!-- a\n```\nx\n```\n--> b"), StringComparison.Ordinal);
        Assert.Contains("```\nx\n```", Clean("<script>\n```\nx\n```\n</script> b"), StringComparison.Ordinal);
    }

    [Fact]
    public void Code_comes_through_any_prose_unchanged() =>
        Gen.Select(OneOf("“", "<b>", "</b>", "<!--", "-->", "<script>", "&lt;", "  ", "\n", "!!!!!", "http://a.b ", "me@x.org", "\ufdd0\ufde3", "word", ">", "\u200b", "é").Array[0, 12], OneOf("“", "  ", "<b>", "&lt;", "\t", "!!!!", "http://a.b", "\ufdd2", "x", "\n\n\n").Array[0, 8]).Sample((prose, code) =>
        {
            var block = $"```\n{string.Concat(code)}\n```";
            return Clean($"{string.Concat(prose)}\n\n{block}\n\n{string.Concat(prose)}") is not { } cleaned || cleaned.Contains(block, StringComparison.Ordinal);
        }, iter: 1_000);

    [Theory]
    [InlineData("Run `ls` now &#64976;.")]
    [InlineData("Run `ls` now &#xFDEF; and &#64976;&#64992;.")]
    [InlineData("&#64976;&#64992;&#64977; and `ls`")]
    [InlineData("a &#64978;&#64992;&#64977; b\n```\nls\n```\n&#64976;&#64993;&#64977; &#64976;&#65007;&#65007;&#65007;&#65007;&#65007;&#65007;&#65007;&#65007;&#64977;")]
    public void Nobody_writes_what_stands_for_code(string text)
    {
        Assert.Equal(text, Clean(text));
        Assert.Equal(text, Clean(text.Replace("&#", "&amp;#", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("See http://a.b now", "See now")]
    [InlineData("See (http://a.b) now.", "See now.")]
    [InlineData("See [http://a.b], <http://c.d>.", "See.")]
    [InlineData("Read [the manual](http://a.b/c \"Manual\") or [](http://x.y) and ![logo](http://i.j/k.png)!", "Read the manual or and logo!")]
    [InlineData("More: http://a.b.", "More.")]
    [InlineData("http://a.b is down, (see http://c.d) and (http://e.f again)", "is down, (see) and (again)")]
    [InlineData("Links\n- http://a.b, http://c.d\n* [http://e.f](http://e.f)\n- text http://g.h\nend", "Links\n- text\nend")]
    [InlineData("http://a.b", null)]
    [InlineData("x \"http://a.b\" y and src=\"http://a.b\"", "x y and src=\"\"")]
    [InlineData("a\n\n  http://a.b text", "a\n\n  text")]
    [InlineData("mail [Ada](mailto:ada@x.org) (ada@x.org)", "mail Ada")]
    public void What_is_removed_leaves_no_brackets_blanks_or_marks(string text, string? left) =>
        Assert.Equal(left, new TextCleaner(new() { Urls = Treatment.Remove, Emails = Treatment.Remove, StripMarkup = false }).Clean(text));

    private static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    private static string Clean(string text, string type = "text/plain")
    {
        var cleaner = new TextCleaner(new() { MinimumCharacters = 0 });
        return cleaner.Apply(Document.Create("s", text) with { MediaType = type }, cleaner.NewTally())?.Text!;
    }
}
