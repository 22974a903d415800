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
    public void A_record_without_an_id_says_where_in_its_file_it_is()
    {
        var documents = Collect.One("a.jsonl", "{\"text\":\"one\"}\n\n{\"text\":\"two\"}\n");
        Assert.Equal(["1", "3"], documents.Select(d => d.Metadata[Data.Documents.Document.RecordKey]));
        Assert.EndsWith(" (a.jsonl:3)", documents[1].Named, StringComparison.Ordinal);
    }

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
        Assert.Equal("a.xyz: is in no known format; set `format` where it is one.", Error(() => Collect.One("a.xyz", new byte[100])));
        Assert.StartsWith("a.txt: has 5 bytes, more than limits.file_megabytes: 0.000004 allows; split it or raise that.", Error(() => Collect.One("a.txt", "12345", new() { Limits = new() { FileBytes = 4 } })), StringComparison.Ordinal);
        Assert.Equal("1234", Collect.One("a.txt", "1234", new() { Limits = new() { FileBytes = 4 } })[0].Text);
        Assert.StartsWith("gone.txt: is gone", Error(() => Collect.Files([("gone.txt", "/nowhere/gone.txt")])), StringComparison.Ordinal);
        Assert.Equal("{", Collect.One("a.jsonl", "{", new() { Format = FileFormat.Text })[0].Text);
    }

    [Fact]
    public void A_file_is_known_by_its_extension_where_its_content_does_not_speak_against_it_and_else_by_its_content()
    {
        const string page = "<!-- made by hand -->\n<!DOCTYPE html><p>words";
        Assert.Equal("text/html", Collect.One("index.php", page)[0].MediaType);
        Assert.Equal("text/html", Collect.One("page.xml", page)[0].MediaType);
        Assert.Equal("text/plain", Collect.One("page.txt", page)[0].MediaType);
        Assert.Equal("text/html", Collect.One("part.html", "<p>words")[0].MediaType);
        Assert.Equal("text/plain", Collect.One("README", "words")[0].MediaType);
        Assert.Contains("found <project>", Error(() => Collect.One("a.xml", "<project/>")), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_text_are_counted_and_the_licence_given_fills_what_is_unknown()
    {
        var options = new CollectionOptions { License = "CC0-1.0", Columns = new() { License = "l" } };
        var blank = Collect.All("a.txt", " \n", options);
        Assert.Equal((0, 1), (blank.Documents.Count, blank.Tally.Empty));
        var lines = Collect.All("b.jsonl", "{\"text\":\"x\",\"l\":\"MIT\"}\n\n{\"text\":\"y\"}", options);
        Assert.Equal(["MIT", "CC0-1.0"], lines.Documents.Select(d => d.License));
        Assert.Equal(0, lines.Tally.Empty);
        Assert.Equal(1, lines.Tally.Licenses["CC0-1.0"]);
    }

    [Fact]
    public void A_file_that_is_no_longer_what_the_plan_saw_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", "words");
        var collector = new FileCollector(new());
        using var same = collector.Open("a.txt", path, Convert.ToHexStringLower(SHA256.HashData("words"u8)));
        Assert.Single(same.ReadFrom(Position.Start).Read().Documents);
        using var other = collector.Open("a.txt", path, new string('0', 64));
        Assert.Equal("a.txt: was changed while the run was reading it; run again.", Error(() => other.ReadFrom(Position.Start)));

        using var grows = collector.Open("a.jsonl", folder.Write("b", string.Concat(Enumerable.Repeat("{\"text\":\"x\"}\n", 20_000))));
        var next = grows.ReadFrom(Position.Start).Next;
        File.AppendAllText(folder["b"], "{\"text\":\"more\"}\n");
        Assert.Equal("a.jsonl: was changed while the run was reading it; run again.", Error(() => grows.ReadFrom(next!)));
    }

    [Fact]
    public void A_line_gives_its_mapped_fields()
    {
        var columns = new ColumnMap { Text = "body", Id = "key", Url = "link", Language = "lang", Metadata = ["n", "tag"] };
        var document = Assert.Single(Collect.One("a.jsonl", "{\"body\":\"t\",\"key\":7,\"link\":\"https://a.b\",\"lang\":\"de\",\"n\":[1, 2],\"tag\":\"x\",\"other\":1}", new() { Columns = columns }));
        Assert.Equal(("t", "https://a.b", "de"), (document.Text, document.Url, document.Language));
        Assert.Equal(["id=7", "n=[1, 2]", "tag=x"], document.Metadata.Select(m => $"{m.Key}={m.Value}"));
        Assert.Equal(Document.StableId("a.jsonl", "7", "t"), document.Id);
    }

    [Fact]
    public void A_field_in_a_field_is_named_with_a_point()
    {
        var columns = new ColumnMap { Text = "data.body", Url = "data.link.href", Metadata = ["a.b", "data.n"] };
        var document = Assert.Single(Collect.One("a.jsonl", "{\"data\":{\"body\":\"t\",\"link\":{\"href\":\"https://a.b\"},\"n\":1},\"a.b\":\"whole\"}", new() { Columns = columns }));
        Assert.Equal(("t", "https://a.b", "whole", "1"), (document.Text, document.Url, document.Metadata["a.b"], document.Metadata["data.n"]));
    }

    [Fact]
    public void A_bad_line_costs_itself_and_is_named()
    {
        var found = Collect.All("d/a.jsonl", "{\"text\":\"ok\"}\n{broken\n[1]\n{\"other\":1}\n{\"text\":5}\n{\"text\":\"\\ud800\"}\n" + new string('[', 500) + "\n{\"text\":\"end\"}");
        var lines = found.Tally.Damages.Select(d => $"{d}").ToList();
        Assert.Equal(["ok", "end"], found.Documents.Select(d => d.Text));
        Assert.Equal(6, lines.Count);
        Assert.StartsWith("d/a.jsonl:2: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("d/a.jsonl:3: expected a JSON object, found a list.", lines[1]);
        Assert.Equal("d/a.jsonl:4: has no field 'text' for the text; it has: other.", lines[2]);
        Assert.Equal("d/a.jsonl:5: expected text in 'text', found a number.", lines[3]);
        Assert.StartsWith("d/a.jsonl:6: ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("d/a.jsonl:7: ", lines[5], StringComparison.Ordinal);
        Assert.Equal((6, .75), (found.Tally.Damaged, found.Tally.DamagedShare));
    }

    [Fact]
    public void All_damage_is_counted_and_the_first_hundred_named()
    {
        var found = Collect.All("a.jsonl", string.Concat(Enumerable.Repeat("{\n", 1000))).Tally;
        Assert.Equal((1000, 100), (found.Damaged, found.Damages.Count));
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_passed_over_without_being_held()
    {
        foreach (var (before, length) in new[] { (0, 101), (3, 70_000), (1, 300_000), (2, 65_536) })
        {
            var line = "{\"text\":\"fine\"}\n";
            var found = Collect.All("a.jsonl", string.Concat(Enumerable.Repeat(line, before)) + new string('x', length) + "\n" + line + line, new() { Limits = new() { RecordBytes = 100 } });
            Assert.Equal(before + 2, found.Documents.Count);
            Assert.Equal($"a.jsonl:{before + 1}: is longer than limits.record_megabytes: 0.000095 allows; split it or raise that.", $"{Assert.Single(found.Tally.Damages)}");
            Assert.Equal(1, found.Tally.Faults["Limit"]);
        }
    }

    [Fact]
    public void A_large_file_comes_in_chunks_that_are_the_same_wherever_reading_begins()
    {
        var text = new string('x', 300);
        var content = string.Concat(Enumerable.Range(0, 30_000).Select(i => i % 1000 == 7 ? "broken\n" : $"{{\"text\":\"{i} {text}\"}}\n"));
        // Compares chunks in order with chunks begun afresh, and with one that never ends.
        var found = Collect.All("a.jsonl", content);
        Assert.Equal((29_970, 30), (found.Documents.Count, found.Tally.Damaged));
        Assert.Equal(["a.jsonl:8", "a.jsonl:1008"], found.Tally.Damages.Take(2).Select(d => $"{d.Source}:{d.Where}"));
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

            Some bold text with a link and `code` on two lines.

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
    [InlineData("a `b` *`c  d`* e", "a `b` `c d` e")]
    [InlineData("a ``b ` c`` and `` `d` `` e", "a ``b ` c`` and `` `d` `` e")]
    [InlineData("| `a` | b |\n|---|---|\n| `c` | d |", "`a` | b\n`c` | d")]
    [InlineData("# The `a`", "The `a`")]
    public void Code_in_Markdown_keeps_its_ticks_and_titles_do_not(string markdown, string text)
    {
        var document = Assert.Single(Collect.One("a.md", markdown));
        Assert.Equal((text, markdown.StartsWith('#') ? "The a" : null), (document.Text, document.Metadata.GetValueOrDefault("title")));
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
