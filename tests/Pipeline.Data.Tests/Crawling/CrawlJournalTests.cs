using Pipeline.Data.Crawling;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Crawling;

public sealed class CrawlJournalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Journal => folder[CrawlJournal.JournalFile];

    private static CrawlRecord Record(int i) => new(CrawlKind.Page, $"http://example.org/{i}") { Status = 200, ETag = $"\"{i}\"", FetchedAt = DateTimeOffset.UnixEpoch };

    private void Write(int from, int count)
    {
        using var journal = CrawlJournal.Open(folder.Path);
        for (var i = from; i < from + count; i++) journal.Add(Record(i), [(byte)i, 1, 2], [$"http://example.org/{i + 1}", $"http://example.org/{i + 2}"]);
    }

    [Fact]
    public void What_was_added_is_there_again()
    {
        Write(0, 3);
        Write(3, 1);
        using var journal = CrawlJournal.Read(Journal, folder[CrawlJournal.BodiesFile]);
        Assert.Equal(4, journal.Count);
        var record = journal.Find(CrawlKind.Page, "http://example.org/2")!;
        Assert.Equal([2, 1, 2], journal.Content(record.Body!)!);
        Assert.Equal(["http://example.org/3", "http://example.org/4"], journal.LinksOf(record));
        Assert.Null(journal.Find(CrawlKind.Feed, "http://example.org/2"));
    }

    [Fact]
    public void Cut_off_at_any_byte_it_keeps_all_whole_records_and_goes_on()
    {
        Write(0, 2);
        var first = File.ReadAllBytes(Journal).AsSpan().IndexOf((byte)'\n') + 1;
        var whole = File.ReadAllBytes(Journal);
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(Journal, whole[..cut]);
            using (var journal = CrawlJournal.Open(folder.Path)) Assert.Equal(cut < first ? 0 : cut < whole.Length ? 1 : 2, journal.Count);
            Write(7, 1);
            using var again = CrawlJournal.Open(folder.Path);
            Assert.NotNull(again.Find(CrawlKind.Page, "http://example.org/7"));
        }
    }

    [Fact]
    public void A_damaged_line_ends_it_and_a_lost_body_loses_its_record()
    {
        Write(0, 3);
        var lines = File.ReadAllLines(Journal);
        File.WriteAllLines(Journal, [lines[0], lines[1].Replace("200", "201", StringComparison.Ordinal), lines[2]]);
        using (var journal = CrawlJournal.Open(folder.Path)) Assert.Equal(1, journal.Count);
        File.WriteAllLines(Journal, lines);
        File.WriteAllBytes(folder[CrawlJournal.BodiesFile], new byte[20]);
        using (var journal = CrawlJournal.Open(folder.Path)) Assert.Equal(0, journal.Count);
    }

    public void Dispose() => folder.Dispose();
}
