using CsCheck;
using Parquet;
using Parquet.Schema;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Documents;

public class DocumentShardsTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 0, 40];

    private static readonly Gen<Document> AnyDocument =
        from text in Text
        from source in Text
        from url in Text.Null()
        from language in Gen.Const("en").Null()
        from entries in Gen.Dictionary(Text, Text)[0, 4]
        select Document.Create(source, text) with { Url = url, Language = language, License = "MIT", Robots = "allowed", MediaType = "text/html", Metadata = entries };

    [Fact]
    public void Documents_come_back_as_they_were_written() =>
        AnyDocument.List[0, 50].Sample(documents =>
        {
            using var folder = new TemporaryFolder();
            DocumentShards.WriteAllAsync(folder.Path, documents).GetAwaiter().GetResult();
            var read = DocumentReader.ReadAllAsync(DocumentReader.Shards(folder.Path)).GetAwaiter().GetResult();
            Assert.Equal(documents.Select(Lines), read.Select(Lines));
        }, iter: 60);

    [Fact]
    public async Task The_same_documents_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var documents = Enumerable.Range(0, 5000).Select(i => Document.Create($"s{i % 7}", $"text {i * 31} of many", $"{i}") with
        {
            Metadata = new Dictionary<string, string> { ["z"] = "1", ["a"] = $"{i}" },
        }).ToList();
        await DocumentShards.WriteAllAsync(folder["a"], documents, workers: 1);
        await DocumentShards.WriteAllAsync(folder["b"], documents, workers: 5);
        Assert.True(DocumentReader.Shards(folder["a"]).Count > 10);
        Assert.Equal(DocumentReader.Shards(folder["a"]).Select(s => s.Name), DocumentReader.Shards(folder["b"]).Select(s => s.Name));
        foreach (var (name, path) in DocumentReader.Shards(folder["a"]))
            Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(folder["b/" + name]));
        Assert.Equal(documents.Select(d => d.Id), (await DocumentReader.ReadAllAsync(DocumentReader.Shards(folder["a"]))).Select(d => d.Id));
    }

    [Fact]
    public void Packed_documents_come_back_as_they_were() =>
        AnyDocument.List[0, 20].Sample(documents => Assert.Equal(documents.Select(Lines), DocumentPack.Unpack(DocumentPack.Pack(documents)).Select(Lines)), iter: 200);

    [Fact]
    public async Task Half_a_symbol_is_in_a_pack_what_it_is_in_a_shard()
    {
        using var folder = new TemporaryFolder();
        Document[] odd = [Document.Create("s", "a\uD800b")];
        await DocumentShards.WriteAllAsync(folder["direct"], odd);
        await DocumentShards.WriteAllAsync(folder["packed"], DocumentPack.Unpack(DocumentPack.Pack(odd)));
        Assert.Equal(await File.ReadAllBytesAsync(folder["direct/part-00000.parquet"]), await File.ReadAllBytesAsync(folder["packed/part-00000.parquet"]));
    }

    [Fact]
    public async Task No_documents_are_one_shard_without_rows()
    {
        using var folder = new TemporaryFolder();
        await DocumentShards.WriteAllAsync(folder.Path, []);
        Assert.Single(DocumentReader.Shards(folder.Path));
        Assert.Empty(await DocumentReader.ReadAllAsync(DocumentReader.Shards(folder.Path)));
    }

    [Fact]
    public async Task A_writer_that_is_dropped_leaves_no_half_shard()
    {
        using var folder = new TemporaryFolder();
        await using (var writer = new DocumentWriter(folder["part-00000.parquet"]))
        {
            for (var i = 0; i < 3000; i++) await writer.AddAsync(Document.Create($"{i}", "x"));
            Assert.NotEmpty(Directory.GetFiles(folder.Path));
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_shard_cut_or_flipped_anywhere_is_refused_by_name_and_breaks_nothing_else()
    {
        using var folder = new TemporaryFolder();
        await DocumentShards.WriteAllAsync(folder["whole"], [.. Enumerable.Range(0, 30).Select(i => Document.Create($"{i}", $"text {i}"))]);
        var bytes = await File.ReadAllBytesAsync(folder["whole/part-00000.parquet"]);
        for (var at = 0; at < bytes.Length; at += 13)
        {
            await Damaged(bytes[..at], mustFail: true);
            var flipped = bytes.ToArray();
            flipped[at] ^= 0x55;
            await Damaged(flipped, mustFail: false);
        }

        async Task Damaged(byte[] content, bool mustFail)
        {
            await File.WriteAllBytesAsync(folder["blob"], content);
            try
            {
                await DocumentReader.ReadAllAsync([("docs/part-00000.parquet", folder["blob"])]);
                Assert.False(mustFail, $"read {content.Length} of {bytes.Length} bytes without an error");
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("docs/part-00000.parquet: ", e.Message);
            }
        }
    }

    [Fact]
    public async Task A_shard_without_a_column_is_refused_with_the_columns_it_has()
    {
        using var folder = new TemporaryFolder();
        var schema = new ParquetSchema(new DataField<string>("id"), new DataField<string>("text"));
        await using (var file = File.Create(folder["x"]))
        {
            await using var writer = await ParquetWriter.CreateAsync(schema, file);
            using var rows = writer.CreateRowGroup();
            foreach (var field in schema.DataFields) await rows.WriteAsync(field, new[] { "a" });
        }

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => DocumentReader.ReadAllAsync([("x.parquet", folder["x"])]));
        Assert.Equal("x.parquet: lacks the text columns source, url, media_type, language, license, robots, metadata; it has: id, text.", error.Message);
    }

    [Fact]
    public void A_folder_without_shards_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("has no *.parquet file", Assert.Throws<InvalidDataException>(() => DocumentReader.Shards(folder.Path)).Message);
    }

    [Fact]
    public void The_id_depends_on_source_part_and_text_and_on_where_they_end()
    {
        Assert.Equal("a3e8d47da9576a3b8c1f6d21c88c6d8f", Document.StableId("s", "p", "t"));
        Assert.Equal(Document.StableId("s", "p", "t"), Document.Create("s", "t", "p").Id);
        string[] ids = [Document.StableId("a", "b", "c"), Document.StableId("ab", "", "c"), Document.StableId("a", "", "bc"), Document.StableId("", "ab", "c")];
        Assert.Equal(4, ids.Distinct().Count());
    }

    private static string Lines(Document d) =>
        string.Join('\u0001', [d.Id, d.Text, d.Source, d.Url ?? "null", d.MediaType, d.Language ?? "null", d.License, d.Robots, .. d.Metadata.Select(m => $"{m.Key}={m.Value}")]);
}
