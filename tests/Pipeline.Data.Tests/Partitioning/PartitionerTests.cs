using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Partitioning;

public class PartitionerTests
{
    private static readonly PartitionRules ByType = new() { GroupBy = "type" };

    [Fact]
    public Task No_part_shares_anything_with_another_whatever_the_corpus() =>
        Gen.Select(Corpora(), Gen.ULong[0, 5], Gen.OneOf(Gen.Const(0.3), Gen.Const(0.01), Gen.Const(1.0))).SampleAsync(
            async (documents, seed, share) =>
            {
                SplitDocuments parts;
                try
                {
                    parts = await Split(documents, ByType with { Seed = seed, Ngram = 6, MaxClusterShare = share });
                }
                catch (InvalidDataException error)
                {
                    // All in one cluster, or nothing but overlaps: said, and not passed over.
                    Assert.True(error.Message.Contains("gets no document") || error.Message.Contains("overlaps an earlier part"), error.Message);
                    return;
                }

                Assert.True(parts.Certificate.Holds, string.Join('\n', parts.Certificate.Violations));
                Assert.Equal(documents.Count, parts.Train.Count + parts.Validation.Count + parts.Test.Count + parts.Dropped);
                Assert.Equal(parts.Dropped, parts.Certificate.Partition!.Dropped.Values.Sum());
                AssertApart(parts, 6);
            },
            iter: 40, threads: 1);

    [Fact]
    public async Task Shares_of_a_large_corpus_come_close_to_the_ratios()
    {
        var parts = await Split(Unrelated(4000), new());
        Assert.InRange(parts.Train.Count, 3100, 3300);
        Assert.InRange(parts.Validation.Count, 330, 470);
        Assert.InRange(parts.Test.Count, 330, 470);
        Assert.Equal(4000, parts.Certificate.Partition!.Clusters);
        Assert.Equal(0, parts.Certificate.Partition.MovedToFill);
    }

    [Fact]
    public async Task New_documents_move_no_old_one()
    {
        var all = Unrelated(600);
        var before = PartOf(await Split(all[..400], new()));
        var after = PartOf(await Split(all, new()));
        Assert.All(before, d => Assert.Equal(d.Value, after[d.Key]));
    }

    [Fact]
    public async Task A_member_added_to_a_group_moves_no_member_of_it()
    {
        var documents = Unrelated(300).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["type"] = $"t{i % 30}" } }).ToList();
        var before = PartOf(await Split(documents[..200], ByType));
        var after = PartOf(await Split(documents, ByType));
        Assert.All(before, d => Assert.Equal(d.Value, after[d.Key]));
    }

    [Fact]
    public async Task Another_seed_gives_another_split_and_the_same_seed_the_same()
    {
        var documents = Unrelated(300);
        Assert.Equal(PartOf(await Split(documents, new())), PartOf(await Split([.. documents.AsEnumerable().Reverse()], new(), workers: 4)));
        Assert.NotEqual(PartOf(await Split(documents, new())), PartOf(await Split(documents, new() { Seed = 2 })));
    }

    [Fact]
    public async Task Ten_documents_still_fill_every_part()
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            var parts = await Split(Unrelated(10), new() { Seed = (ulong)seed });
            Assert.All([parts.Train, parts.Validation, parts.Test], Assert.NotEmpty);
        }
    }

    [Fact]
    public async Task A_part_of_ratio_0_stays_empty()
    {
        var parts = await Split(Unrelated(200), new() { Train = 0.5, Validation = 0, Test = 0.5 });
        Assert.Empty(parts.Validation);
        Assert.InRange(parts.Test.Count, 70, 130);
        Assert.Empty((await Split(Unrelated(200), new() { Train = 0.9, Validation = 0.1, Test = 0 })).Test);
    }

    [Fact]
    public async Task A_phrase_that_runs_through_everything_drops_documents_instead_of_making_one_cluster()
    {
        const string Phrase = "this member is part of the public surface and may be removed at any time without notice";
        var documents = Unrelated(200).Select((d, i) => i % 2 == 0 ? d with { Text = d.Text + " " + Phrase } : d).ToList();
        var parts = await Split(documents, new());
        Assert.DoesNotContain(Relation.Ngram, parts.Certificate.Partition!.LinkedBy);
        Assert.Equal(parts.Dropped, parts.Certificate.Partition.Dropped[Relation.Ngram]);
        var kept = parts.Train.Concat(parts.Validation).Concat(parts.Test).Select(d => d.Id).ToHashSet();
        Assert.All(documents.Where(d => !kept.Contains(d.Id)), d => Assert.Contains(Phrase, d.Text));
        Assert.True(parts.Certificate.Holds);
        Assert.Equal(200, kept.Count + parts.Dropped);
    }

    [Fact]
    public async Task One_group_that_holds_everything_is_an_error_with_a_remedy()
    {
        var documents = Unrelated(20).Select(d => d with { Metadata = new Dictionary<string, string> { ["type"] = "all" } }).ToList();
        var message = (await Assert.ThrowsAsync<InvalidDataException>(() => Split(documents, ByType))).Message;
        Assert.Contains("validation gets no document: the 20 documents form 1 clusters", message);
        Assert.Contains("group them by another key", message);
    }

    [Theory]
    [InlineData(0.8, 0.1, 0.2)]
    [InlineData(0, 0.5, 0.5)]
    [InlineData(1.2, -0.1, -0.1)]
    [InlineData(double.NaN, 0.5, 0.5)]
    public Task Ratios_that_are_none_are_refused(double train, double validation, double test) =>
        Assert.ThrowsAsync<ArgumentException>(() => Split(Unrelated(10), new() { Train = train, Validation = validation, Test = test }));

    [Fact]
    public async Task Any_number_of_workers_and_any_memory_give_the_same_parts_and_certificate()
    {
        var documents = Unrelated(300).Select((d, i) => i % 3 == 0 ? d with { Text = d.Text + " " + Unrelated(2)[i % 2].Text } : d).ToList();
        var expected = await Split(documents, new() { MaxClusterShare = 0.01 });
        Assert.True(expected.Dropped > 0);
        foreach (var (memory, workers) in ((long, int)[])[(1, 1), (1, 7), (20_000, 2)])
        {
            var other = await Split(documents, new() { MaxClusterShare = 0.01 }, memory, workers);
            Assert.Equal(expected.Certificate.ToJson(), other.Certificate.ToJson());
            Assert.Equal(PartOf(expected), PartOf(other));
        }
    }

    [Fact]
    public async Task Every_stratum_gets_the_same_shares()
    {
        var documents = Unrelated(1000).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["language"] = i % 10 == 0 ? "eo" : i % 3 == 0 ? "de" : "en" } }).ToList();
        var parts = await Split(documents, new() { StratifyBy = "language" });
        foreach (var stratum in documents.GroupBy(d => d.Metadata["language"]))
        {
            Assert.InRange(parts.Train.Count(d => d.Metadata["language"] == stratum.Key), (0.8 * stratum.Count()) - 1, (0.8 * stratum.Count()) + 1);
            Assert.InRange(parts.Test.Count(d => d.Metadata["language"] == stratum.Key), (0.1 * stratum.Count()) - 1, (0.1 * stratum.Count()) + 1);
        }
    }

    [Fact]
    public async Task Each_document_is_validated_on_in_one_fold_and_the_test_is_the_same_in_all()
    {
        var documents = Unrelated(400);
        var folds = new List<SplitDocuments>();
        for (var fold = 1; fold <= 4; fold++) folds.Add(await Split(documents, new() { Folds = 4, Fold = fold, Test = 0.2 }));
        Assert.All(folds, f => Assert.Equal(folds[0].Test.Select(d => d.Id), f.Test.Select(d => d.Id)));
        Assert.Equal(documents.Select(d => d.Id).Order(), folds.SelectMany(f => f.Validation).Concat(folds[0].Test).Select(d => d.Id).Order());
        Assert.All(folds, f => Assert.InRange(f.Validation.Count, 55, 105));
        Assert.All(folds, f => Assert.Equal(400, f.Train.Count + f.Validation.Count + f.Test.Count));
        Assert.Equal(0.2, folds[0].Certificate.Sizes[Part.Validation].Ratio);
    }

    [Fact]
    public async Task By_time_the_oldest_train_and_the_newest_test_and_a_cluster_is_as_new_as_its_newest_document()
    {
        var documents = Unrelated(200).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["date"] = new DateOnly(2020, 1, 1).AddDays(i).ToString("yyyy-MM-dd"), ["series"] = i is 3 or 199 ? "one" : $"s{i}" } }).ToList();
        documents[50] = documents[50] with { Metadata = new Dictionary<string, string> { ["date"] = "soon" } };
        var parts = await Split([.. documents.AsEnumerable().Reverse()], new() { TimeBy = "date", GroupBy = "series" });
        Assert.True(Newest(parts.Train) < Oldest(parts.Validation) && Newest(parts.Validation) < Newest(parts.Test));
        Assert.Contains(documents[3].Id, parts.Test.Select(d => d.Id));
        Assert.Equal(1, parts.Certificate.Partition!.Undated);
        Assert.Equal(1, parts.Dropped);
        Assert.InRange(parts.Train.Count, 158, 161);

        static DateOnly Oldest(List<Document> of) => of.Min(d => DateOnly.Parse(d.Metadata["date"]));
        static DateOnly Newest(List<Document> of) => of.Max(d => DateOnly.Parse(d.Metadata["date"]));
    }

    [Fact]
    public async Task Documents_of_one_time_are_not_told_apart_by_a_cut()
    {
        var documents = Unrelated(100).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["year"] = i < 75 ? "2019" : i < 90 ? "2020" : "2021" } }).ToList();
        var parts = await Split(documents, new() { TimeBy = "year" });
        Assert.Equal((75, 15, 10), (parts.Train.Count, parts.Validation.Count, parts.Test.Count));
    }

    [Theory]
    [InlineData("group_by is 'x'", "x", null, null)]
    [InlineData("stratify_by is 'y'", null, "y", null)]
    [InlineData("time_by is 'z', but no document has that metadata with a date such as 2024-03-01. They have: a.", null, null, "z")]
    public async Task A_key_that_no_document_has_lists_those_there_are(string expected, string? group, string? stratum, string? time)
    {
        var documents = Unrelated(10).Select(d => d with { Metadata = new Dictionary<string, string> { ["a"] = "b" } }).ToList();
        Assert.Contains(expected, (await Assert.ThrowsAsync<InvalidDataException>(() => Split(documents, new() { GroupBy = group, StratifyBy = stratum, TimeBy = time }))).Message);
    }

    [Fact]
    public void Rules_that_contradict_each_other_are_named()
    {
        Problem(new() { Folds = 5, Fold = 6 }, "Fold is 6; expected 1 to 5");
        Problem(new() { Fold = 2 }, "Fold is 2, but there are no folds");
        Problem(new() { Folds = 5, Train = 0.7 }, "Train and validation follow from folds");
        Problem(new() { Folds = 5, TimeBy = "date" }, "Folds and time_by exclude each other");
        Problem(new() { Balance = true, StratifyBy = "a" }, "Balance and stratify_by, which balances each of its values, exclude each other");
        Problem(new() { Balance = true, TimeBy = "a" }, "Balance and time_by, where dates decide, exclude each other");
        Problem(new() { StratifyBy = "a", TimeBy = "b" }, "StratifyBy and time_by exclude each other");

        static void Problem(PartitionRules rules, string expected) => Assert.Contains(rules.Problems(), p => $"{p.Property} {p.Problem}".StartsWith(expected, StringComparison.Ordinal));
    }

    private static Task<SplitDocuments> Split(IEnumerable<Document> documents, PartitionRules rules, long memory = 512 << 20, int workers = 1) => ShardedDocuments.SplitAsync(documents, rules, memory, workers);

    internal static List<Document> Unrelated(int count)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, count).Select(i => Document.Create("test", string.Join(' ', Enumerable.Range(0, 20).Select(_ => Word(random.Next(100_000)))), i.ToString()))];
    }

    private static Gen<List<Document>> Corpora()
    {
        // Few words and few groups, so that all relations occur.
        var text = Gen.Int[0, 60].Select(Word).Array[1, 16];
        return Gen.Select(text, Gen.Int[-3, 15]).Array[4, 40].Select(rows => rows.Select((row, i) => Document.Create("test", string.Join(' ', row.Item1), i.ToString()) with
        {
            Metadata = row.Item2 < 0 ? new Dictionary<string, string>() : new() { ["type"] = row.Item2.ToString() },
        }).ToList());
    }

    private static void AssertApart(SplitDocuments parts, int n)
    {
        var owner = new Dictionary<string, Part>();
        foreach (var part in Enum.GetValues<Part>())
        {
            foreach (var document in parts[part])
            {
                if (document.Metadata.TryGetValue("type", out var type)) Claim("type " + type);
                var words = document.Text.Split(' ');
                for (var i = 0; i + n <= words.Length; i++) Claim(string.Join(' ', words[i..(i + n)]));
                Claim("text " + document.Text);
            }

            void Claim(string what)
            {
                owner.TryAdd(what, part);
                Assert.Equal(owner[what], part);
            }
        }
    }

    private static Dictionary<string, Part> PartOf(SplitDocuments parts) =>
        Enum.GetValues<Part>().SelectMany(p => parts[p].Select(d => (d.Id, p))).OrderBy(x => x.Id, StringComparer.Ordinal).ToDictionary(x => x.Id, x => x.p);

    private static string Word(int number) => "w" + string.Concat(number.ToString().Select(c => (char)('a' + c - '0')));
}
