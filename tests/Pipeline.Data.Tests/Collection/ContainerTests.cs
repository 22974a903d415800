using System.Formats.Tar;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

public class ContainerTests
{
    public static TheoryData<string> Kinds() => new(Samples.Containers.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_container_gives_what_is_in_it(string kind)
    {
        var (name, content) = Samples.Containers[kind];
        var found = Collect.All(name, content);
        Assert.Equal(["one line", "two lines"], found.Documents.Select(d => d.Text));
        var inner = kind is "zip" or "tar" or "7z" ? name + "!/in/a.jsonl" : name;
        Assert.All(found.Documents, d => Assert.Equal(inner, d.Source));
        Assert.Empty(found.Tally.Damages);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_container_that_is_cut_off_or_has_a_flipped_bit_gives_what_is_intact_and_names_the_rest(string kind)
    {
        var (name, content) = Samples.Containers[kind];
        // A third of a tar archive is zeros.
        var cut = content[..(kind == "tar" ? 1550 : content.Length * 2 / 3)];
        foreach (var damaged in (byte[][])[cut, Flipped(content, content.Length / 2), Flipped(content, content.Length / 3)])
        {
            var found = Collect.All(name, damaged);
            Assert.True(found.Documents.Count <= 2);
            Assert.True(found.Documents.Count == 2 || found.Tally.Damages.Count > 0, "lost without a word");
        }

        Assert.NotEmpty(Collect.All(name, cut).Tally.Damages);
    }

    [Fact]
    public void Containers_in_containers_are_opened_as_deep_as_is_allowed()
    {
        var inner = Samples.Zip(("b/c.txt", Samples.Utf8("Deep words.")));
        var content = Samples.Gzip(Samples.Tar(("x.zip", inner), ("y.txt", Samples.Utf8("Words."))));
        Assert.Equal(["a.tar.gz!/x.zip!/b/c.txt", "a.tar.gz!/y.txt"], Collect.All("a.tar.gz", content).Documents.Select(d => d.Source));
        var shallow = Collect.All("a.tgz", content, new() { Limits = new() { Depth = 2 } });
        Assert.Equal("a.tgz!/y.txt", Assert.Single(shallow.Documents).Source);
        Assert.Equal((DamageKind.Limit, "a.tgz!/x.zip"), (shallow.Tally.Damages[0].Kind, shallow.Tally.Damages[0].Source));
        Assert.Empty(Collect.All("a.tgz", content, new() { Limits = new() { Depth = 0 } }).Documents);
    }

    [Fact]
    public void A_bomb_is_stopped_and_named_and_what_came_before_it_is_kept()
    {
        var zeros = new byte[64 << 20];
        var bomb = Samples.Zip(("a.txt", Samples.Utf8("Words.")), ("bomb.txt", zeros), ("z.txt", Samples.Utf8("Never.")));
        var found = Collect.All("a.zip", bomb, new() { Limits = new() { Expansion = 10 } });
        Assert.Equal("Words.", Assert.Single(found.Documents).Text);
        var damage = Assert.Single(found.Tally.Damages);
        Assert.Equal((DamageKind.Limit, "a.zip!/bomb.txt"), (damage.Kind, damage.Source));
        Assert.Contains("to more than the 16777216 bytes of limits.expansion: 10; what follows is left out. Raise that", damage.What, StringComparison.Ordinal);

        // Bombs in bombs: the budget is one for all of them.
        var nested = Samples.Gzip(Samples.Gzip(zeros));
        Assert.Equal(DamageKind.Limit, Assert.Single(Collect.All("a.txt.gz.gz", nested, new() { Limits = new() { ExpandedBytes = 1 << 20 } }).Tally.Damages).Kind);
    }

    [Fact]
    public void An_archive_of_too_many_files_gives_those_that_are_allowed()
    {
        var files = Enumerable.Range(0, 50).Select(i => ($"{i}.txt", Samples.Utf8($"Words {i}."))).ToArray();
        var found = Collect.All("a.tar", Samples.Tar(files), new() { Limits = new() { Entries = 20 } });
        Assert.Equal(20, found.Documents.Count);
        Assert.Equal(Enumerable.Range(20, 30).Select(i => (DamageKind.Limit, $"a.tar!/{i}.txt")), found.Tally.Damages.Select(d => (d.Kind, d.Source)));
        Assert.Equal("a.tar!/20.txt: is one file more than limits.entries: 20 allows in a source file; raise that to take it in.", $"{found.Tally.Damages[0]}");
        var zip = Collect.All("a.zip", Samples.Zip(files), new() { Limits = new() { Entries = 20 } });
        Assert.Equal((20, 30L), (zip.Documents.Count, zip.Tally.Damaged));
    }

    [Fact]
    public void Of_very_many_files_beyond_the_limit_a_hundred_are_named_and_the_rest_is_not_looked_at()
    {
        var files = Enumerable.Range(0, 130).Select(i => ($"{i}.txt", Samples.Utf8("Words."))).ToArray();
        var found = Collect.All("a.tar", Samples.Tar(files), new() { Limits = new() { Entries = 20 } });
        Assert.Equal((20, 100L), (found.Documents.Count, found.Tally.Damaged));
        Assert.Contains("and so is all that follows it", found.Tally.Damages[^1].What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../up.txt")]
    [InlineData("/etc/passwd.txt")]
    [InlineData("a/../../up.txt")]
    [InlineData("C:\\windows\\x.txt")]
    [InlineData("..\\up.txt")]
    public void A_name_that_leads_out_of_the_archive_is_refused(string name)
    {
        foreach (var (archive, content) in new[] { ("a.zip", Samples.Zip((name, Samples.Utf8("Evil.")), ("b.txt", Samples.Utf8("Words.")))), ("a.tar", Samples.Tar((name, Samples.Utf8("Evil.")), ("b.txt", Samples.Utf8("Words.")))) })
        {
            var found = Collect.All(archive, content);
            Assert.Equal("Words.", Assert.Single(found.Documents).Text);
            Assert.Equal((DamageKind.Refused, "names a place outside its archive."), (found.Tally.Damages[0].Kind, found.Tally.Damages[0].What));
        }
    }

    [Fact]
    public void Links_and_devices_are_refused_and_folders_passed_over()
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true))
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, "l.txt") { LinkName = "/etc/passwd" });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.HardLink, "h.txt") { LinkName = "b.txt" });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.Fifo, "f.txt"));
            tar.WriteEntry(new GnuTarEntry(TarEntryType.Directory, "d/"));
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, new string('n', 200) + ".txt") { DataStream = new MemoryStream(Samples.Utf8("Words.")) });
        }

        var found = Collect.All("a.tar", bytes.ToArray());
        Assert.Equal($"a.tar!/{new string('n', 200)}.txt", Assert.Single(found.Documents).Source);
        Assert.Equal(["a.tar!/l.txt", "a.tar!/h.txt", "a.tar!/f.txt"], found.Tally.Damages.Where(d => d.Kind == DamageKind.Refused).Select(d => d.Source));
    }

    [Fact]
    public void After_a_damaged_member_of_a_gzip_file_reading_goes_on_at_the_next()
    {
        var members = Enumerable.Range(0, 5).Select(i => Samples.Gzip(Samples.Utf8(string.Concat(Enumerable.Range(0, 20).Select(j => $"{{\"text\":\"{i} {j} {i * 7919 + j}\"}}\n"))))).ToList();
        var sound = Enumerable.Range(0, 100).Where(n => n / 20 != 2).Select(n => $"{n / 20} {n % 20} {n / 20 * 7919 + n % 20}").ToHashSet();
        for (var at = 0; at < members[2].Length; at += 7)
        {
            var damaged = members.ToList();
            damaged[2] = Flipped(members[2], at);
            var found = Collect.All("a.jsonl.gz", [.. damaged.SelectMany(m => m)], oneWay: false);
            var others = found.Documents.Count(d => sound.Contains(d.Text));
            Assert.True(others == 80, $"byte {at}: {others}\n{string.Join('\n', found.Tally.Damages)}");
            // The time and the like in a header are not checked by anything.
            Assert.True(found.Documents.Count == 100 || found.Tally.Damaged > 0);
        }
    }

    [Fact]
    public void A_damaged_header_in_a_tar_archive_costs_the_files_up_to_the_next()
    {
        var tar = Samples.Tar(("a.txt", Samples.Utf8("First.")), ("b.txt", Samples.Utf8("Second.")), ("c.txt", Samples.Utf8("Third.")));
        // A pax entry is two headers with their content: 2 * 1024 bytes.
        var found = Collect.All("a.tar", Flipped(Flipped(tar, 2048 + 150), 3072 + 150));
        Assert.Equal(["First.", "Third."], found.Documents.Select(d => d.Text));
        Assert.Contains("has a damaged header at byte 2048", found.Tally.Damages[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_archive_without_its_directory_gives_the_files_that_are_found_from_its_beginning()
    {
        var text = string.Join(' ', Enumerable.Range(0, 2000));
        var zip = Samples.Zip(("a.txt", Samples.Utf8("First.")), ("b.txt", Samples.Utf8("Second.")), ("c.txt", Samples.Utf8(text)));
        var found = Collect.All("a.zip", zip[..(zip.Length / 2)]);
        Assert.Equal(["First.", "Second."], found.Documents.Select(d => d.Text));
        Assert.Contains("it is truncated", found.Tally.Damages[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_what_its_name_says_is_named()
    {
        Assert.Contains("is no gzip file, though its name says so", Collect.All("a.gz", new byte[100]).Tally.Damages[0].What, StringComparison.Ordinal);
        Assert.Equal("Not packed at all.", Collect.All("a.txt.gz", "Not packed at all.").Documents[0].Text);
        Assert.Equal("one line", Collect.All("renamed.bin", Samples.Containers["gzip"].Content, new() { Format = FileFormat.Jsonl }).Documents[0].Text);
    }

    [Fact]
    public void Reviews_in_a_real_zip_and_a_dump_in_bzip2_are_read()
    {
        Assert.SkipWhen(SharedData.Find("movie-reviews/movie_reviews.zip") is null || SharedData.Find("wikidump/enwiki-shortened.xml.bz2") is null, "shared/data is not here");
        var reviews = new FileCollector(new()).Read("r.zip", File.OpenRead(SharedData.Find("movie-reviews/movie_reviews.zip")!));
        Assert.Equal(2000, reviews.Documents.Count(d => d.Source.EndsWith(".txt", StringComparison.Ordinal) && d.Source.Contains("/cv", StringComparison.Ordinal)));
        using var dump = File.OpenRead(SharedData.Find("wikidump/enwiki-shortened.xml.bz2")!);
        var text = new FileCollector(new() { Format = FileFormat.Text }).Read("w.xml.bz2", dump);
        Assert.StartsWith("<mediawiki", Assert.Single(text.Documents).Text, StringComparison.Ordinal);
        Assert.True(text.Documents[0].Text.Length > 5_000_000);
    }

    private static byte[] Flipped(byte[] content, int at)
    {
        var copy = (byte[])content.Clone();
        copy[at] ^= 0x10;
        return copy;
    }
}
