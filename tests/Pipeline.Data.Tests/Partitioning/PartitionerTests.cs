using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;

namespace Pipeline.Data.Tests.Partitioning;

public class PartitionerTests
{
    private static readonly PartitionRules ByType = new() { GroupBy = "type" };

    [Fact]
    public void No_part_shares_anything_with_another_whatever_the_corpus() =>
        Gen.Select(Corpora(), Gen.ULong[0, 5], Gen.OneOf(Gen.Const(0.3), Gen.Const(0.01), Gen.Const(1.0))).Sample(
            (documents, seed, share) =>
            {
                Partitioned parts;
                try
                {
                    parts = Partitioner.Run(documents, ByType with { Seed = seed, Ngram = 6, MaxClusterShare = share });
                }
                catch (InvalidDataException error)
                {
                    // All in one cluster, or nothing but overlaps: said, and not passed over.
                    Assert.True(error.Message.Contains("gets no document") || error.Message.Contains("overlaps an earlier part"), error.Message);
                    return;
                }

                Assert.True(parts.Certificate.Holds, string.Join('\n', parts.Certificate.Violations));
                Assert.Equal(documents.Count, parts.Train.Count + parts.Validation.Count + parts.Test.Count + parts.Dropped.Count);
                Assert.Equal(parts.Dropped.Count, parts.Certificate.Dropped.Values.Sum());
                AssertApart(parts, 6);
            },
            iter: 150);

    [Fact]
    public void Shares_of_a_large_corpus_come_close_to_the_ratios()
    {
        var parts = Partitioner.Run(Unrelated(4000), new());
        Assert.InRange(parts.Train.Count, 3100, 3300);
        Assert.InRange(parts.Validation.Count, 330, 470);
        Assert.InRange(parts.Test.Count, 330, 470);
        Assert.Equal(4000, parts.Certificate.Clusters);
        Assert.Equal(0, parts.Certificate.MovedToFill);
    }

    [Fact]
    public void New_documents_move_no_old_one()
    {
        var all = Unrelated(600);
        var before = PartOf(Partitioner.Run(all[..400], new()));
        var after = PartOf(Partitioner.Run(all, new()));
        Assert.All(before, d => Assert.Equal(d.Value, after[d.Key]));
    }

    [Fact]
    public void A_member_added_to_a_group_moves_no_member_of_it()
    {
        var documents = Unrelated(300).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["type"] = $"t{i % 30}" } }).ToList();
        var before = PartOf(Partitioner.Run(documents[..200], ByType));
        var after = PartOf(Partitioner.Run(documents, ByType));
        Assert.All(before, d => Assert.Equal(d.Value, after[d.Key]));
    }

    [Fact]
    public void Another_seed_gives_another_split_and_the_same_seed_the_same()
    {
        var documents = Unrelated(300);
        Assert.Equal(PartOf(Partitioner.Run(documents, new())), PartOf(Partitioner.Run([.. documents.AsEnumerable().Reverse()], new(), workers: 4)));
        Assert.NotEqual(PartOf(Partitioner.Run(documents, new())), PartOf(Partitioner.Run(documents, new() { Seed = 2 })));
    }

    [Fact]
    public void Ten_documents_still_fill_every_part()
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            var parts = Partitioner.Run(Unrelated(10), new() { Seed = (ulong)seed });
            Assert.All([parts.Train, parts.Validation, parts.Test], Assert.NotEmpty);
        }
    }

    [Fact]
    public void A_part_of_ratio_0_stays_empty()
    {
        var parts = Partitioner.Run(Unrelated(200), new() { Train = 0.5, Validation = 0, Test = 0.5 });
        Assert.Empty(parts.Validation);
        Assert.InRange(parts.Test.Count, 70, 130);
        Assert.Empty(Partitioner.Run(Unrelated(200), new() { Train = 0.9, Validation = 0.1, Test = 0 }).Test);
    }

    [Fact]
    public void A_phrase_that_runs_through_everything_drops_documents_instead_of_making_one_cluster()
    {
        const string Phrase = "this member is part of the public surface and may be removed at any time without notice";
        var documents = Unrelated(200).Select((d, i) => i % 2 == 0 ? d with { Text = d.Text + " " + Phrase } : d).ToList();
        var parts = Partitioner.Run(documents, new());
        Assert.DoesNotContain(Relation.Ngram, parts.Certificate.LinkedBy);
        Assert.Equal(parts.Dropped.Count, parts.Certificate.Dropped[Relation.Ngram]);
        Assert.All(parts.Dropped, o => Assert.Contains(Phrase, o.Later.Text));
        Assert.True(parts.Certificate.Holds);
        Assert.Equal(200, parts.Train.Count + parts.Validation.Count + parts.Test.Count + parts.Dropped.Count);
    }

    [Fact]
    public void One_group_that_holds_everything_is_an_error_with_a_remedy()
    {
        var documents = Unrelated(20).Select(d => d with { Metadata = new Dictionary<string, string> { ["type"] = "all" } }).ToList();
        var message = Assert.Throws<InvalidDataException>(() => Partitioner.Run(documents, ByType)).Message;
        Assert.Contains("validation gets no document: the 20 documents form 1 clusters", message);
        Assert.Contains("group them by another key", message);
    }

    [Theory]
    [InlineData(0.8, 0.1, 0.2)]
    [InlineData(0, 0.5, 0.5)]
    [InlineData(1.2, -0.1, -0.1)]
    [InlineData(double.NaN, 0.5, 0.5)]
    public void Ratios_that_are_none_are_refused(double train, double validation, double test) =>
        Assert.Throws<ArgumentException>(() => Partitioner.Run(Unrelated(10), new() { Train = train, Validation = validation, Test = test }));

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

    private static void AssertApart(Partitioned parts, int n)
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

    private static Dictionary<string, Part> PartOf(Partitioned parts) =>
        Enum.GetValues<Part>().SelectMany(p => parts[p].Select(d => (d.Id, p))).OrderBy(x => x.Id, StringComparer.Ordinal).ToDictionary(x => x.Id, x => x.p);

    private static string Word(int number) => "w" + string.Concat(number.ToString().Select(c => (char)('a' + c - '0')));
}
