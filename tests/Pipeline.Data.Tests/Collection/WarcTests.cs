using System.IO.Compression;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

/// <summary>Crawls and mail: WARC, ARC, mbox.</summary>
public class WarcTests
{
    [Fact]
    public void A_page_of_a_crawl_says_where_it_was()
    {
        var (name, content) = Samples.Formats[FileFormat.Warc];
        var found = Collect.All(name, content);
        Assert.Equal(["A page of words.", "Words of a WET file."], found.Documents.Select(d => d.Text));
        Assert.Equal(("https://a.b/response", "text/html", "<urn:uuid:response>", "2024-01-01T00:00:00Z"),
            (found.Documents[0].Url, found.Documents[0].MediaType, found.Documents[0].Metadata["warc_record_id"], found.Documents[0].Metadata["warc_date"]));
    }

    [Theory]
    [InlineData("Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n", "9\r\n<html><p>\r\n6;x=y\r\nWords.\r\n0\r\n\r\n")]
    [InlineData("Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n", "<html><p>Words.")]
    [InlineData("Content-Encoding: gzip\r\nContent-Type: text/html\r\n", "<html><p>Words.")]
    [InlineData("", "<!DOCTYPE html><p>Words.")]
    [InlineData("Content-Type: text/plain\r\n", "Words.")]
    [InlineData("Content-Type: application/octet-stream\r\n", "<html><p>Words.")]
    public void Bodies_are_unpacked_and_known_by_what_they_are(string headers, string body) =>
        Assert.Equal("Words.", Assert.Single(Collect.All("a.warc", Samples.WarcRecord("response", Samples.Response(body, headers))).Documents).Text);

    [Fact]
    public void Compressed_bodies_are_unpacked_up_to_the_limit_and_a_charset_of_the_header_holds()
    {
        byte[] Record(string headers, byte[] body)
        {
            var content = (byte[])[.. Samples.Utf8($"HTTP/1.1 200 OK\r\n{headers}\r\n"), .. body];
            return [.. Samples.Utf8($"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {content.Length}\r\n\r\n"), .. content, .. "\r\n\r\n"u8];
        }

        byte[] Packed(Func<Stream, Stream> packer, byte[] content)
        {
            var bytes = new MemoryStream();
            using (var stream = packer(bytes)) stream.Write(content);
            return bytes.ToArray();
        }

        var page = Samples.Utf8("<html><p>Words.");
        foreach (var (coding, body) in new[] { ("gzip", Samples.Gzip(page)), ("br", Packed(s => new BrotliStream(s, CompressionLevel.Fastest), page)), ("deflate", Packed(s => new ZLibStream(s, CompressionLevel.Fastest), page)), ("deflate", Packed(s => new DeflateStream(s, CompressionLevel.Fastest), page)) })
            Assert.Equal("Words.", Assert.Single(Collect.All("a.warc", Record($"Content-Type: text/html\r\nContent-Encoding: {coding}\r\n", body)).Documents).Text);
        var bomb = Record("Content-Type: text/html\r\nContent-Encoding: gzip\r\n", Samples.Gzip(new byte[8 << 20]));
        Assert.Equal(DamageKind.Limit, Assert.Single(Collect.All("a.warc", bomb, new() { Limits = new() { FileBytes = 1 << 20 } }).Tally.Damages).Kind);
        Assert.Equal("\u0416", Assert.Single(Collect.All("a.warc", Record("Content-Type: text/html; charset=windows-1251\r\n", [.. "<html><p>"u8, 0xc6])).Documents).Text);
    }

    [Fact]
    public void After_a_damaged_record_reading_goes_on_at_the_next()
    {
        var first = Samples.WarcRecord("response", Samples.Response("<html><p>First."));
        var last = Samples.WarcRecord("conversion", "Last.");
        foreach (var (broken, what) in new (byte[], string)[]
        {
            (Samples.Utf8("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), "is truncated"),
            (Samples.Utf8("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 100\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), "does not end where it should"),
            (Samples.Utf8("WARC/1.0\r\nWARC-Type: response\r\n\r\nsome text\r\n\r\n"), "has no Content-Length"),
            (Samples.Utf8("no record at all\nnor this\n"), "is no WARC record"),
            (Samples.WarcRecord("response", "nothing like a response"), "holds no HTTP response"),
            (Samples.WarcRecord("response", Samples.Response("<p>x"), "WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"), "digest does not match"),
            (Samples.WarcRecord("response", Samples.Response("5\r\nab", "Transfer-Encoding: chunked\r\n")), "ends within a chunk"),
        })
        {
            var found = Collect.All("a.warc", [.. first, .. broken, .. last]);
            Assert.Equal(["First.", "Last."], found.Documents.Select(d => d.Text));
            Assert.Contains(found.Tally.Damages, d => d.What.Contains(what, StringComparison.Ordinal));
        }

        Assert.Contains("is truncated", Assert.Single(Collect.All("a.warc", [.. first, .. last[..^8]]).Tally.Damages).What, StringComparison.Ordinal);
        Assert.Equal(DamageKind.Limit, Assert.Single(Collect.All("a.warc", [.. Samples.WarcRecord("response", Samples.Response(new string('x', 2000))), .. last], new() { Limits = new() { RecordBytes = 1000 } }).Tally.Damages).Kind);
    }

    [Fact]
    public void Pages_that_were_not_found_and_bodies_that_are_no_text_give_nothing_and_are_no_damage()
    {
        var found = Collect.All("a.warc", [.. Samples.WarcRecord("response", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html><p>Sorry."), .. Samples.WarcRecord("response", Samples.Response("\x1\x2", "Content-Type: image/png\r\n")), .. Samples.WarcRecord("conversion", "Words.")]);
        Assert.Single(found.Documents);
        Assert.Equal((2, 0), (found.Tally.Empty, found.Tally.Damages.Count));
    }

    [Fact]
    public void A_real_crawl_is_read_and_a_damaged_member_of_it_costs_its_record()
    {
        Assert.SkipWhen(SharedData.Find("warc/dolma/sample-0000.warc.gz") is null, "shared/data is not here");
        var content = File.ReadAllBytes(SharedData.Find("warc/dolma/sample-0000.warc.gz")!);
        var whole = Collect.All("s.warc.gz", content);
        Assert.True(whole.Tally.Damages.Count == 0 && whole.Documents.Count > 10, $"{whole.Documents.Count}\n{string.Join('\n', whole.Tally.Damages)}");
        Assert.All(whole.Documents, d => Assert.StartsWith("http", d.Url, StringComparison.Ordinal));
        content.AsSpan(content.Length / 2, 20).Clear();
        var damaged = Collect.All("s.warc.gz", content, oneWay: false);
        Assert.InRange(damaged.Documents.Count, whole.Documents.Count - 2, whole.Documents.Count - 1);
        Assert.InRange(damaged.Tally.Damaged, 1, 3);
    }

    [Fact]
    public void Records_of_ARC_are_pages()
    {
        var (name, content) = Samples.Formats[FileFormat.Arc];
        var found = Collect.All(name, content);
        Assert.Equal(("Old words.", "http://a.b/", "20240101000001"), (found.Documents[0].Text, found.Documents[0].Url, found.Documents[0].Metadata["arc_date"]));
        var damaged = Collect.All(name, [.. "rubbish\n"u8, .. content]);
        Assert.Equal("Old words.", Assert.Single(damaged.Documents).Text);
        Assert.Equal("byte 0", Assert.Single(damaged.Tally.Damages).Where);
    }

    [Fact]
    public void Mail_is_its_text_or_else_its_page()
    {
        var (name, content) = Samples.Formats[FileFormat.Mbox];
        var found = Collect.All(name, content);
        Assert.Equal(["Na\u00efve words.\nFrom here on it is text.", "Only a page."], found.Documents.Select(d => d.Text));
        Assert.Equal(("Na\u00efve", "\"Ann\" <a@b.c>", "1@b.c"), (found.Documents[0].Metadata["subject"], found.Documents[0].Metadata["from"], found.Documents[0].Metadata["message_id"]));
        var large = Collect.All(name, content, new() { Limits = new() { RecordBytes = 100 } });
        Assert.Equal(DamageKind.Limit, large.Tally.Damages[0].Kind);
    }
}
