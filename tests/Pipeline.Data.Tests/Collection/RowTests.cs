using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

/// <summary>Formats of rows and objects: CSV, TSV, JSON, Parquet.</summary>
public class RowTests
{
    [Fact]
    public void Rows_of_CSV_hold_quotes_delimiters_and_line_ends()
    {
        var options = new CollectionOptions { Columns = new() { Text = "body", Id = "key", Metadata = ["n"] } };
        var found = Collect.All("a.csv", "\ufeffkey,body,n\r\n1,plain,7\r\n2,\"a \"\"b\"\", c\nd\",\r\n\r\n3,\"\",8\r\n4,5\" pipe,9", options);
        Assert.Equal(["plain", "a \"b\", c\nd", "5\" pipe"], found.Documents.Select(d => d.Text));
        Assert.Equal(["1", "2", "4"], found.Documents.Select(d => d.Metadata["id"]));
        Assert.Equal((1, 0), (found.Tally.Empty, found.Tally.Damaged));
    }

    [Fact]
    public void A_damaged_row_costs_itself_and_is_named_by_its_line()
    {
        var found = Collect.All("a.csv", "text,n\nx,1\nlost\n\"a\nb\",2\nc,3,4\ny,5\n\"never closed,6\nz,7\n");
        Assert.Equal(["x", "a\nb", "y"], found.Documents.Select(d => d.Text));
        Assert.Equal(["a.csv:3: has 1 fields, expected 2 as in the header.", "a.csv:6: has 3 fields, expected 2 as in the header.", "a.csv:8: opens a quote that is never closed."], found.Tally.Damages.Select(d => $"{d}"));
        Assert.Contains("has no column 'text' for the text; it has: a, b", Collect.All("a.csv", "a,b\n1,2\n").Tally.Damages[0].What, StringComparison.Ordinal);
        var long1 = Collect.All("a.csv", "text\n\"" + string.Concat(Enumerable.Repeat("line\n", 100)) + "\nz\n", new() { Limits = new() { RecordBytes = 50 } });
        Assert.Contains("A quote may not be closed", long1.Tally.Damages[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_without_a_header_are_numbered_and_the_layout_is_a_choice()
    {
        var numbered = new CollectionOptions { Table = new() { Header = false, Delimiter = ';' }, Columns = new() { Text = "2", Metadata = ["1"] } };
        Assert.Equal("b", Assert.Single(Collect.One("a.csv", "a;b\n", numbered)).Text);
        Assert.Contains("columns are called 1 to 1", Collect.All("a.csv", "a\n", numbered).Tally.Damages[0].What, StringComparison.Ordinal);
        Assert.Equal(["\"a", "b"], Collect.One("a.tsv", "text\tn\n\"a\t1\nb\t2\n").Select(d => d.Text));
    }

    [Fact]
    public void A_row_in_another_encoding_is_read_and_says_so()
    {
        var found = Collect.All("a.csv", [.. Samples.Utf8("text\nna\u00efve\n"), .. Encoding.Latin1.GetBytes("a na\u00efve question of his\n"), 0, 1, 2, (byte)'\n']);
        Assert.Equal(["na\u00efve", "a na\u00efve question of his"], found.Documents.Select(d => d.Text));
        Assert.Equal("windows-1252", found.Documents[1].Metadata["encoding"]);
        Assert.Equal(1, found.Tally.Damaged);
        // UTF-16 as spreadsheets write it.
        byte[] wide = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("text\tn\r\nna\u00efve\t1\r\n")];
        Assert.Equal("na\u00efve", Assert.Single(Collect.One("a.tsv", wide)).Text);
    }

    [Theory]
    [InlineData("[{\"text\":\"a\"},{\"text\":\"b\"}]")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"}")]
    [InlineData("{\n  \"text\": \"a\"\n}\n{\n  \"text\": \"b\"\n}\n")]
    [InlineData("[ {\"text\":\"a\", \"x\":{\"y\":[\"}]\", \"\\\"\"]}} , {\"text\":\"b\"} ]")]
    public void Objects_of_JSON_are_found_in_a_list_and_one_after_the_other(string json) =>
        Assert.Equal(["a", "b"], Collect.All("a.json", json).Documents.Select(d => d.Text));

    [Fact]
    public void A_damaged_object_costs_itself()
    {
        var found = Collect.All("a.json", "[{\"text\":\"a\"}, 7, {text:1}, {\"text\":\"b\"}, {\"text\":\"cut");
        Assert.Equal(["a", "b"], found.Documents.Select(d => d.Text));
        Assert.Equal(["record 2", "record 3", "record 5"], found.Tally.Damages.Select(d => d.Where));
        Assert.Equal("is truncated: its file ends within it.", found.Tally.Damages[2].What);
        var large = Collect.All("a.json", "[{\"text\":\"" + new string('x', 500) + "\"},{\"text\":\"b\"}]", new() { Limits = new() { RecordBytes = 100 } });
        Assert.Equal(("b", DamageKind.Limit), (Assert.Single(large.Documents).Text, Assert.Single(large.Tally.Damages).Kind));
    }

    [Theory]
    [InlineData("[[[[[[", "record 1", "is truncated: its file ends within it.")]
    [InlineData("[{\"text\":\"a\"}, [{\"text\":\"b\"}]]", "record 2", "expected a JSON object, found a list.")]
    public void A_list_in_the_list_is_damage_and_not_nothing(string json, string where, string what)
    {
        var damage = Assert.Single(Collect.All("a.json", json).Tally.Damages);
        Assert.Equal((where, what), (damage.Where, damage.What));
    }

    [Theory]
    [InlineData("a.json", "[]")]
    [InlineData("a.json", "][ ] ,,")]
    [InlineData("a.jsonl", "\n\n")]
    [InlineData("a.csv", "text,n\n")]
    [InlineData("a.csv", "")]
    [InlineData("a.txt", "  \n")]
    public void A_file_that_gives_no_document_and_is_not_damaged_is_named(string name, string content)
    {
        var found = Collect.All(name, content);
        Assert.Empty(found.Documents);
        Assert.Equal((name, 1L, 0L), (Assert.Single(found.Tally.EmptyFiles), found.Tally.Empty, found.Tally.Damaged));
    }

    [Fact]
    public void An_archive_names_what_is_empty_in_it_and_an_empty_one_itself()
    {
        Assert.Equal(["a.zip!/b.json"], Collect.All("a.zip", Samples.Zip(("a.txt", Samples.Utf8("Words.")), ("b.json", Samples.Utf8("[]")))).Tally.EmptyFiles);
        Assert.Equal(["a.zip"], Collect.All("a.zip", Samples.Zip()).Tally.EmptyFiles);
    }

    [Theory]
    [InlineData("a.csv", "body,n\nx,1\ny,2\n", "body, n")]
    [InlineData("a.jsonl", "{\"body\":\"x\",\"n\":1}\n{\"body\":\"y\"}", "body, n")]
    [InlineData("a.json", "[{\"body\":\"x\"},{\"body\":\"y\"}]", "body")]
    public void A_column_that_no_record_has_is_told_from_one_that_some_lack(string name, string content, string there)
    {
        ColumnMap asked = new() { Text = "body", Id = "key", Metadata = ["n"] };
        var tally = Collect.All(name, content, new() { Columns = asked }).Tally;
        Assert.Contains(("id", "key"), tally.Nowhere(asked));
        Assert.Equal((2L, there), (tally.Rows, string.Join(", ", tally.Columns)));
        Assert.DoesNotContain(("text", "body"), tally.Nowhere(asked));
    }

    [Fact]
    public async Task A_column_that_a_Parquet_file_has_not_is_told()
    {
        using var folder = new TemporaryFolder();
        await using (var writer = new DocumentWriter(folder["a.parquet"]))
        {
            await writer.AddAsync(Document.Create("s", "row"));
            await writer.CompleteAsync();
        }

        ColumnMap asked = new() { Text = "body", Id = "id" };
        var tally = Collect.All("a.parquet", File.ReadAllBytes(folder["a.parquet"]), new() { Columns = asked }).Tally;
        Assert.Equal([("text", "body")], tally.Nowhere(asked));
        Assert.Contains("has no column 'body' for the text; it has: id, text", Assert.Single(tally.Damages).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_Parquet_are_mapped_and_a_cut_file_is_named()
    {
        using var folder = new TemporaryFolder();
        var documents = Enumerable.Range(0, 4200).Select(i => Document.Create("s", $"row {i}") with { Language = i % 2 == 0 ? "en" : null, License = "MIT" }).ToList();
        await using (var writer = new DocumentWriter(folder["a.parquet"]))
        {
            foreach (var document in documents) await writer.AddAsync(document);
            await writer.CompleteAsync();
        }

        var content = await File.ReadAllBytesAsync(folder["a.parquet"], TestContext.Current.CancellationToken);
        var found = Collect.All("a.parquet", content, new() { Columns = new() { Language = "language", License = "license", Id = "id" } });
        Assert.Equal(documents.Select(d => (d.Text, d.Language, d.License, d.Id)), found.Documents.Select(d => (d.Text, d.Language, d.License, d.Metadata["id"])));
        Assert.Empty(Collect.All("a.parquet", content[..^100]).Documents);
        Assert.Equal(1, Collect.All("a.parquet", content[..^100]).Tally.Damaged);
        var flipped = (byte[])content.Clone();
        flipped.AsSpan(content.Length * 2 / 5, content.Length / 5).Fill(0xff);
        var rest = Collect.All("a.parquet", flipped, new() { Columns = new() { Id = "id" } });
        Assert.True(rest.Documents.Count is > 50 and < 4200 && rest.Tally.Damaged > 0, $"{rest.Documents.Count}");
        Assert.Contains("has no column 'body' for the text; it has: id, text", Collect.All("a.parquet", content, new() { Columns = new() { Text = "body" } }).Tally.Damages[0].What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sms-spam/sms.tsv", false, "2", 5574)]
    [InlineData("stsb/stsb-en-dev.csv", false, "1", 1500)]
    [InlineData("e2e/devset.csv", true, "ref", 4672)]
    [InlineData("gsm8k/train.jsonl", true, "question", 7473)]
    [InlineData("instruct-alpaca-demo/alpaca_en_demo.json", true, "output", 999)]
    public void Real_files_give_as_many_documents_as_are_known(string file, bool header, string text, int count)
    {
        Assert.SkipWhen(SharedData.Find(file) is null, "shared/data is not here");
        var found = Collect.All(Path.GetFileName(file), File.ReadAllBytes(SharedData.Find(file)!), new() { Table = new() { Header = header }, Columns = new() { Text = text } });
        Assert.True(found.Documents.Count + found.Tally.Empty == count && found.Tally.Damaged == 0, $"{found.Documents.Count} + {found.Tally.Empty}\n{string.Join('\n', found.Tally.Damages.Take(5))}");
    }
}
