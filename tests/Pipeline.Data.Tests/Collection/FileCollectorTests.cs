using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

public class FileCollectorTests
{
    [Fact]
    public void Text_is_read_by_its_byte_order_mark_or_as_UTF8_or_as_Windows_1252()
    {
        Assert.Equal("naïve", Collect.One("a.txt", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("naïve")).ToArray())[0].Text);
        Assert.Equal("naïve", Collect.One("a.txt", Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes("naïve")).ToArray())[0].Text);
        Assert.Equal("naïve", Collect.One("a.txt", "naïve")[0].Text);
        Assert.Empty(Collect.One("a.txt", "naïve")[0].Metadata);
        var latin = Assert.Single(Collect.One("a.txt", Encoding.Latin1.GetBytes("naïve \u0093quoted\u0094")));
        Assert.Equal(("naïve “quoted”", "windows-1252"), (latin.Text, latin.Metadata["encoding"]));
    }

    [Fact]
    public void Any_bytes_are_text_or_refused_by_name() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            try
            {
                Collect.One("any.txt", bytes);
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("any.txt: is not text", e.Message, StringComparison.Ordinal);
            }
        }, iter: 300);

    [Fact]
    public void Binary_files_unknown_kinds_and_files_too_big_are_refused_by_name()
    {
        Assert.StartsWith("a.txt: is not text", Error(() => Collect.One("a.txt", new byte[100])), StringComparison.Ordinal);
        Assert.Equal("a.docx: the extension names no known format; expected .txt, .md, .html, .jsonl or .xml, or a format set for all files.", Error(() => Collect.One("a.docx", "x")));
        Assert.StartsWith("a.txt: has 5 bytes, more than the 4 allowed", Error(() => Collect.One("a.txt", "12345", new() { MaximumFileBytes = 4 })), StringComparison.Ordinal);
        Assert.StartsWith("gone.txt: cannot be read", Error(() => Collect.Files([("gone.txt", "/nowhere/gone.txt")])), StringComparison.Ordinal);
        Assert.Equal("x", Collect.One("a.docx", "x", new() { Format = FileFormat.Text })[0].Text);
    }

    [Fact]
    public void Files_without_text_are_counted_and_the_licence_given_fills_what_is_unknown()
    {
        using var folder = new TemporaryFolder();
        var collector = new FileCollector(new() { License = "CC0-1.0", Columns = new() { License = "l" } });
        var blank = collector.Read("a.txt", folder.Write("a", " \n"));
        Assert.Equal((0, 1), (blank.Documents.Count, blank.Empty));
        var lines = collector.Read("b.jsonl", folder.Write("b", "{\"text\":\"x\",\"l\":\"MIT\"}\n\n{\"text\":\"y\"}"));
        Assert.Equal(["MIT", "CC0-1.0"], lines.Documents.Select(d => d.License));
        Assert.Equal(0, lines.Empty);
    }

    [Fact]
    public void A_file_that_is_no_longer_what_the_plan_saw_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", "words");
        var collector = new FileCollector(new());
        Assert.Single(collector.Read("a.txt", path, Convert.ToHexStringLower(SHA256.HashData("words"u8))).Documents);
        Assert.Equal("a.txt: was changed while the run was reading it; run again.", Error(() => collector.Read("a.txt", path, new string('0', 64))));
    }

    [Fact]
    public void A_line_gives_its_mapped_fields()
    {
        var columns = new JsonlColumns { Text = "body", Id = "key", Url = "link", Language = "lang", Metadata = ["n", "tag"] };
        var document = Assert.Single(Collect.One("a.jsonl", "{\"body\":\"t\",\"key\":7,\"link\":\"https://a.b\",\"lang\":\"de\",\"n\":[1, 2],\"tag\":\"x\",\"other\":1}", new() { Columns = columns }));
        Assert.Equal(("t", "https://a.b", "de"), (document.Text, document.Url, document.Language));
        Assert.Equal(["id=7", "n=[1, 2]", "tag=x"], document.Metadata.Select(m => $"{m.Key}={m.Value}"));
        Assert.Equal(Document.StableId("a.jsonl", "7", "t"), document.Id);
    }

    [Fact]
    public void Every_bad_line_is_named()
    {
        var error = Error(() => Collect.One("d/a.jsonl", "{\"text\":\"ok\"}\n{broken\n[1]\n{\"other\":1}\n{\"text\":5}\n{\"text\":\"\\ud800\"}\n" + new string('[', 500)));
        var lines = error.Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("d/a.jsonl:2: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("d/a.jsonl:3: expected a JSON object, found a list.", lines[1]);
        Assert.Equal("d/a.jsonl:4: has no field 'text' for the text; it has: other.", lines[2]);
        Assert.Equal("d/a.jsonl:5: expected text in 'text', found a number.", lines[3]);
        Assert.StartsWith("d/a.jsonl:6: ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("d/a.jsonl:7: ", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_file_full_of_bad_lines_gives_a_bounded_message()
    {
        var error = Error(() => Collect.One("a.jsonl", string.Concat(Enumerable.Repeat("{\n", 1000))));
        Assert.Equal(21, error.Split('\n').Length);
        Assert.EndsWith("… and 980 more bad lines in a.jsonl", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_keeps_code_lists_and_tables_and_moves_front_matter_to_metadata()
    {
        var document = Assert.Single(Collect.One("a.md", """
            ---
            title: "The guide"
            tags: [a]
            ---
            # Start *here*

            Some **bold** text with a [link](https://a.b) and `code`
            on two lines.

            - one
            - two
              1. deep
              2. deeper

            ```csharp
            if (x)
                y();
            ```

            | a | b |
            |---|---|
            | 1 | 2 |

            > quoted
            """));
        Assert.Equal("""
            Start here

            Some bold text with a link and code on two lines.

            - one
            - two
              1. deep
              2. deeper

            ```csharp
            if (x)
                y();
            ```

            a | b
            1 | 2

            quoted
            """, document.Text);
        Assert.Equal(("The guide", "title: \"The guide\"\ntags: [a]", "text/markdown"), (document.Metadata["title"], document.Metadata["front_matter"], document.MediaType));
    }

    [Theory]
    [InlineData(">", 20_000)]
    [InlineData("- ", 20_000)]
    [InlineData("[", 100_000)]
    [InlineData("*a _", 50_000)]
    [InlineData("<div>", 20_000)]
    [InlineData("|", 100_000)]
    public async Task Hostile_Markdown_is_read_in_bounded_time(string piece, int times)
    {
        var read = Task.Run(() => Collect.One("a.md", string.Concat(Enumerable.Repeat(piece, times)) + "\n\nthe words"));
        Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(30))) == read, "took more than 30 s");
        Assert.Contains("the words", Assert.Single(await read).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_ten_megabytes_is_read()
    {
        var line = new string('x', 10 << 20);
        Assert.Equal(line, Collect.Text("a.txt", line));
        Assert.Equal(line, Collect.Text("a.jsonl", $"{{\"text\":\"{line}\"}}"));
        Assert.Equal(line, Collect.Text("a.md", line));
        Assert.Equal(line, Collect.Text("a.html", $"<p>{line}"));
    }

    private static string Error(Action act) => Assert.Throws<InvalidDataException>(act).Message;
}
