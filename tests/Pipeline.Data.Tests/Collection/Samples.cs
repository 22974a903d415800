using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Data.Tests.Readers;
using Pipeline.TestKit;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;
using SharpCompress.Writers.SevenZip;

namespace Pipeline.Data.Tests.Collection;

/// <summary>A small sound file of every format and kind of container. A format without one fails <see cref="FuzzTests"/>.</summary>
internal static class Samples
{
    public const string Lines = "{\"text\":\"one line\"}\n{\"text\":\"two lines\"}\n";

    /// <summary>One file of each format, by its name.</summary>
    public static IReadOnlyDictionary<FileFormat, (string Name, byte[] Content)> Formats { get; } = new Dictionary<FileFormat, (string, byte[])>
    {
        [FileFormat.Text] = ("a.txt", Utf8("Plain words.\n")),
        [FileFormat.Markdown] = ("a.md", Utf8("# Title\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")),
        [FileFormat.Html] = ("a.html", Utf8("<!DOCTYPE html><html lang=en><title>T</title><h1>Head</h1><p>Some <b>bold</b> words.</p><ul><li>x</ul></html>")),
        [FileFormat.Epub] = ("a.epub", EpubTests.Sample),
        [FileFormat.Pdf] = ("a.pdf", PdfTests.Sample),
        [FileFormat.Docx] = ("a.docx", DocxTests.Sample),
        [FileFormat.Latex] = ("a.tex", Utf8("\\newcommand{\\x}[1]{<#1>}\\begin{document}\\section{Head}Some \\x{words} of $a^2$.\\begin{itemize}\\item one\\item two\\end{itemize}\\begin{tabular}{l}a & b\\end{tabular}\\end{document}")),
        [FileFormat.Subtitles] = ("a.vtt", Utf8("WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ann>Good <i>morning</i>.\n\n2\n00:02.000 --> 00:03.000\n- Bo: Yes.\n")),
        [FileFormat.MediaWiki] = ("a.xml", Utf8("<mediawiki><page><title>A</title><ns>0</ns><id>1</id><revision><text>'''A''' is [[b|c]].{{d|e}}\n* one\n{|\n|-\n| x || y\n|}</text></revision></page></mediawiki>")),
        [FileFormat.DotnetXml] = ("a.xml", Utf8("<doc><assembly><name>A</name></assembly><members><member name=\"T:N.C\"><summary>A class.</summary></member><member name=\"M:N.C.F\"><summary>Does <c>it</c>.</summary></member></members></doc>")),
        [FileFormat.Jsonl] = ("a.jsonl", Utf8(Lines)),
        [FileFormat.Json] = ("a.json", Utf8("[{\"text\":\"one\"},\n {\"text\":\"tw\\\"o]\",\"n\":[1,{}]}]")),
        [FileFormat.Csv] = ("a.csv", Utf8("text,n\nplain,1\n\"quoted, \"\"so\"\"\nand on\",2\n")),
        [FileFormat.Tsv] = ("a.tsv", Utf8("text\tn\n\"a\t1\nb\t2\n")),
        [FileFormat.Parquet] = ("a.parquet", Parquet()),
        [FileFormat.Warc] = ("a.warc", Warc()),
        [FileFormat.Arc] = ("a.arc", Utf8("filedesc://a.arc 0.0.0.0 20240101000000 text/plain 20\n1 0 Some\nURL IP-addr\nhttp://a.b/ 1.2.3.4 20240101000001 text/html 67\nHTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>Old words.</p>\n\n")),
        [FileFormat.Mbox] = ("a.mbox", Mbox()),
    };

    /// <summary>The lines in one container of each kind.</summary>
    public static IReadOnlyDictionary<string, (string Name, byte[] Content)> Containers { get; } = new Dictionary<string, (string, byte[])>
    {
        ["gzip"] = ("a.jsonl.gz", Gzip(Utf8(Lines))),
        ["zip"] = ("a.zip", Zip(("in/a.jsonl", Utf8(Lines)))),
        ["tar"] = ("a.tar", Tar(("in/a.jsonl", Utf8(Lines)))),
        ["bzip2"] = ("a.jsonl.bz2", Packed(Utf8(Lines), s => BZip2Stream.Create(s, SharpCompress.Compressors.CompressionMode.Compress, false, leaveOpen: true))),
        ["xz"] = ("a.jsonl.xz", Convert.FromBase64String("/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAoACNdAD2IioaUiBPg84lKecGcMJ0HDcj2sAOOv/WpO/4EG67lE8/AAAByN6NlRwHLywABPyl7B+o6H7bzfQEAAAAABFla")),
        ["zstd"] = ("a.jsonl.zst", Packed(Utf8(Lines), s => new CompressionStream(s, leaveOpen: true))),
        ["7z"] = ("a.7z", SevenZip(("in/a.jsonl", Utf8(Lines)))),
    };

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Gzip(byte[] content) => Packed(content, s => new GZipStream(s, CompressionLevel.Optimal, leaveOpen: true));

    public static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    public static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return bytes.ToArray();
    }

    public static byte[] SevenZip(params (string Name, byte[] Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var writer = new SevenZipWriter(bytes, new SevenZipWriterOptions(SharpCompress.Common.CompressionType.LZMA2) { LeaveStreamOpen = true }))
        {
            foreach (var (name, content) in files) writer.Write(name, new MemoryStream(content), null);
        }

        return bytes.ToArray();
    }

    public static byte[] WarcRecord(string type, string content, string more = "") =>
        Utf8($"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Target-URI: https://a.b/{type}\r\nWARC-Record-ID: <urn:uuid:{type}>\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n{more}Content-Length: {Encoding.UTF8.GetByteCount(content)}\r\n\r\n{content}\r\n\r\n");

    public static string Response(string body, string headers = "Content-Type: text/html\r\n") => $"HTTP/1.1 200 OK\r\n{headers}\r\n{body}";

    private static byte[] Warc() =>
    [
        .. WarcRecord("warcinfo", "software: x\r\n"),
        .. WarcRecord("request", "GET / HTTP/1.1\r\n\r\n"),
        .. WarcRecord("response", Response("<html><title>T</title><p>A page of words.</p>")),
        .. WarcRecord("conversion", "Words of a WET file."),
    ];

    private static byte[] Mbox() => Utf8("""
        From a@b.c Mon Jan  1 00:00:00 2024
        From: Ann <a@b.c>
        Subject: =?utf-8?q?Na=C3=AFve?=
        Message-ID: <1@b.c>
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Na=EFve words.
        >From here on it is text.

        From d@e.f Mon Jan  1 00:00:01 2024
        Subject: Page
        Content-Type: multipart/mixed; boundary=x

        --x
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: base64

        PHA+T25seSBhIDxiPnBhZ2U8L2I+LjwvcD4=
        --x--

        """);

    private static byte[] Parquet()
    {
        using var folder = new TemporaryFolder();
        DocumentShards.WriteAllAsync(folder.Path, [Document.Create("s", "first row"), Document.Create("s", "second row") with { Language = "en" }], 1, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return File.ReadAllBytes(folder[DocumentShards.NameOf(0)]);
    }

    private static byte[] Packed(byte[] content, Func<Stream, Stream> packer)
    {
        var bytes = new MemoryStream();
        using (var packed = packer(bytes)) packed.Write(content);
        return bytes.ToArray();
    }
}
