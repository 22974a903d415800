using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Words;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Words;

public sealed class WordFilterTests
{
    private static readonly SpellingDictionary Dictionary = new([("the", 900), ("there", 300), ("their", 200), ("because", 90), ("receive", 80), ("definitely", 70), ("separate", 60), ("letter", 50), ("latter", 40), ("better", 45), ("word", 30), ("world", 31), ("cat", 20), ("government", 9), ("naive", 9), ("bus", 1), ("sub", 1)]);

    [Theory]
    [InlineData("I recieve a leter becuase I definately do.", "I receive a letter because I definitely do.")]
    [InlineData("Becuase of it. We met Recieve there.", "Because of it. We met Recieve there.")]
    [InlineData("Mr Recieve came. Recieve left.", "Mr Recieve came. Recieve left.")]
    [InlineData("use `recieve` or recieve() or x.recieve or recieve_all or re1cieve or reCieve", "use `recieve` or recieve() or x.recieve or recieve_all or re1cieve or reCieve")]
    [InlineData("    recieve in code\n```\nrecieve\n```\nand recieve", "    recieve in code\n```\nrecieve\n```\nand receive")]
    [InlineData("teh caat becsuade governmnt", "the cat becsuade government")]
    [InlineData("Teh cat. Adn usb.\nTEH USB LETTER\nTEH USB and TEH", "The cat. Adn usb.\nTHE USB LETTER\nTEH USB and TEH")]
    [InlineData("a naïve lettér lètter", "a naïve lettér lètter")]
    public void Spelling_is_corrected_in_prose_alone(string text, string corrected) => Assert.Equal(corrected, Only(new() { Dictionary = Dictionary }, text));

    [Theory]
    [InlineData("leter", 2, "letter")]
    [InlineData("litter", 1, "letter")]
    [InlineData("wrld", 1, "world")]
    [InlineData("wrod", 1, "word")]
    [InlineData("definitly", 2, "definitely")]
    [InlineData("xqzzv", 2, null)]
    [InlineData("the", 2, "the")]
    public void The_nearest_word_is_the_most_frequent_of_the_nearest(string word, int distance, string? nearest) => Assert.Equal(nearest, Dictionary.Nearest(word, distance));

    [Fact]
    public void Symmetric_deletes_find_what_comparing_with_every_word_finds()
    {
        var random = new Random(7);
        var words = Enumerable.Range(0, 800).Select(i => (Word: Random(random, 3 + (i % 9)), Count: (long)random.Next(1, 50))).ToList();
        var dictionary = new SpellingDictionary(words);
        var counts = words.GroupBy(w => w.Word).ToDictionary(g => g.Key, g => g.Sum(w => w.Count));
        foreach (var query in Enumerable.Range(0, 300).Select(_ => Random(random, random.Next(3, 12))))
        {
            var best = counts.Select(w => (w.Key, w.Value, Distance: Levenshtein(query, w.Key))).Where(w => w.Distance <= 2).OrderBy(w => w.Distance).ThenByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Select(w => w.Key).FirstOrDefault();
            Assert.Equal(best, dictionary.Nearest(query, 2));
        }

        static string Random(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(4))));
    }

    [Theory]
    [InlineData("We use a hidden Markov model (HMM). An HMM has states; HMMs differ.", "We use a hidden Markov model (HMM). An hidden Markov model has states; HMMs differ.")]
    [InlineData("HMM before. The World Health Organization (WHO) said. WHO said.", "HMM before. The World Health Organization (WHO) said. World Health Organization said.")]
    [InlineData("Not a definition (XYZ). XYZ stays (see ABC).", "Not a definition (XYZ). XYZ stays (see ABC).")]
    [InlineData("cats, e.g. lions, and i.e.", "cats, for example lions, and that is")]
    [InlineData("the.e.g. xe.g.", "the.for example xe.g.")]
    public void Abbreviations_are_written_out(string text, string written) =>
        Assert.Equal(written, Only(new() { Definitions = true, Abbreviations = new Dictionary<string, string> { ["e.g."] = "for example", ["i.e."] = "that is" } }, text));

    [Theory]
    [InlineData(StemmingAlgorithm.Porter, "Caresses ponies, relational!", "caress poni, relat!")]
    [InlineData(StemmingAlgorithm.English, "Consistently dying; it's generally", "consist die; it general")]
    [InlineData(StemmingAlgorithm.German, "Aufeinanderfolgenden Häuser", "aufeinanderfolg haus")]
    [InlineData(StemmingAlgorithm.Russian, "важнейшими", "важн")]
    public void Stems_are_those_of_Snowball(StemmingAlgorithm algorithm, string text, string stems) => Assert.Equal(stems, Only(new() { Stemming = algorithm }, text));

    [Fact]
    public void Addresses_and_code_are_no_words()
    {
        const string Text = "see http://ex.org/recieve/running, running@teh-recieve.org and `teh running`";
        var options = new WordOptions { Dictionary = Dictionary, Stemming = StemmingAlgorithm.English, Abbreviations = new Dictionary<string, string> { ["org"] = "organisation" } };
        Assert.Equal(Text, Only(options, Text));
        Assert.Equal("see http://ex.org/recieve/running, running@teh-recieve.org and `the run`", Only(options with { ProtectCode = false }, Text));
    }

    [Fact]
    public void A_sample_of_the_published_lists_has_the_published_stems()
    {
        var wrong = from line in File.ReadLines(Path.Combine(Checkout.Root, "tests", "Pipeline.Data.Tests", "Words", "stems.tsv"))
                    where line[0] != '#'
                    let fields = line.Split('\t')
                    let stem = new Stemmer(Enum.Parse<StemmingAlgorithm>(fields[0], ignoreCase: true)).StemOf(fields[1])
                    where stem != fields[2]
                    select $"{line}: {stem}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_vocabulary_counts_prose_and_forgets_what_is_rare()
    {
        var words = new Vocabulary(1000);
        words.Add(Document.Create("s", "The cat and the `dog` saw THE cat. x1 é\n~~~\ncode\n~~~"));
        words.Add(Document.Create("a.py", "code"));
        Assert.Equal("cat\t2\nthe\t2\nand\t1\nsaw\t1\né\t1\n", Encoding.UTF8.GetString(words.ToLines()));
        Assert.Equal("cat\t2\nthe\t2\n", Encoding.UTF8.GetString(words.ToLines(2)));
        var few = new Vocabulary(10);
        few.AddLines(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => $"w{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}\t{1 + (i % 5)}\n"))));
        Assert.True(few.Count <= 20);
        Assert.All(Encoding.UTF8.GetString(few.ToLines()).Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.EndsWith("\t5", l, StringComparison.Ordinal));
    }

    [Fact]
    public void A_dictionary_beyond_its_limit_is_refused() =>
        Assert.StartsWith("d: has more than 2 words", Assert.Throws<InvalidDataException>(() => SpellingDictionary.Read("d", ["# x", "a 1", "b 2", "c"], 2).Count()).Message, StringComparison.Ordinal);

    [Fact]
    public void Code_keeps_its_words_unless_told_otherwise()
    {
        const string Text = "Relational `ponies` (PP)\n~~~\nponies = relational\n~~~\nponies";
        Assert.Equal("relat `ponies` (pp)\n~~~\nponies = relational\n~~~\nponi", Only(new() { Stemming = StemmingAlgorithm.Porter }, Text));
        Assert.Equal("relat `poni` (pp)\n~~~\nponi = relat\n~~~\nponi", Only(new() { Stemming = StemmingAlgorithm.Porter, ProtectCode = false }, Text));
        Assert.Equal("ponies", Only(new() { Stemming = StemmingAlgorithm.Porter }, "ponies", "x.py"));
        Assert.Equal("use `e.g.` for example\n```\ne.g.\n```", Only(new() { Abbreviations = new Dictionary<string, string> { ["e.g."] = "for example" } }, "use `e.g.` e.g.\n```\ne.g.\n```"));
    }

    private static string Only(WordOptions options, string text, string source = "s")
    {
        var filter = new WordFilter(options);
        return filter.Apply(Document.Create(source, text), filter.NewTally())!.Text;
    }

    /// <summary>With swaps of neighbours, by the definition.</summary>
    private static int Levenshtein(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
