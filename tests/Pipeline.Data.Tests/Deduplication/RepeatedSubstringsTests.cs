using System.Text;
using CsCheck;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Deduplication;

public class RepeatedSubstringsTests
{
    private const string Story = "The old keeper of the lighthouse climbed the narrow stairs every evening to light the lamp and to write down what ships he saw upon the sea";

    [Fact]
    public async Task A_run_of_bytes_that_occurred_before_is_cut_wherever_it_begins()
    {
        var (kept, rule) = await Run(100, $"First. {Story}! End.", $"xyz{Story[10..]}; more");
        // "xyzeper" and "sea;" are words that the copy has a part of only.
        Assert.Equal([$"First. {Story}! End.", "xyzeper sea; more"], kept);
        Assert.Equal(("repeated substrings", "100 bytes or more", Story.Length - 18L), (rule.Rule, rule.Threshold, rule.CharactersIn - rule.CharactersOut));
        Assert.Equal((Story[..99] + ".").Length + Story.Length + 1, (await Run(100, Story + "!", Story[..99] + ".")).Kept.Sum(t => t.Length));
    }

    [Theory]
    // A word that goes on differently stays whole, in whatever script.
    [InlineData("Она сказала, что ", " и что больше ничего не будет, потому что так решили все они вместе вчера ", "утром. Да", "вечером. Нет", "утром. Да")]
    // Scripts without spaces are cut between letters.
    [InlineData("东", "海潮每天涨落两次因为月亮牵引着它而海湾的形状使潮水高低不同渔民们早就知道了这一点并且记录", "西", "南", "南北")]
    [InlineData("กข", "คนไทยเขียนหนังสือโดยไม่เว้นวรรคระหว่างคำและอ่านได้สบาย", "ก", "ข", "จข")]
    public async Task Cuts_end_at_whole_words(string before, string middle, string end, string otherEnd, string left)
    {
        var (kept, _) = await Run(60, before + middle + end, (left.Length > 2 ? before : left[..1]) + middle + otherEnd);
        Assert.Equal(left.Length > 2 ? otherEnd : left[..1] + otherEnd, kept[1].Trim());
    }

    [Fact]
    public async Task What_is_too_long_for_a_word_is_cut_between_characters()
    {
        // Two letters that differ in their second byte: what repeats begins and ends in the middle of one.
        var middle = string.Concat(Enumerable.Range(0, 160).Select(i => (char)('а' + (i % 30))));
        var (kept, _) = await Run(100, "\u0410" + middle + "\u0411", "\u0412" + middle + "\u0413");
        Assert.Equal("\u0412\u0413", kept[1]);
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1000, 3)]
    [InlineData(1000, 40)]
    public async Task A_text_that_repeats_itself_without_a_break_keeps_the_first_copy_whole(int length, int period)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + (i % period))));
        var (kept, _) = await Run(50, text, text);
        Assert.Equal(NaiveCut(50, text, text), kept);
        Assert.StartsWith(text[..50], kept[0]);
    }

    [Fact]
    public Task It_cuts_what_comparing_every_window_with_all_before_it_cuts()
    {
        // Few letters and copied pieces, so that runs of all lengths around the limit repeat, overlap and touch.
        var piece = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 90], Gen.Int[0, 60], Gen.Int[0, 200]);
        return Gen.Select(piece.Array[1, 9].Array[1, 6], Gen.Int[32, 60], Gen.Int[1, 3]).SampleAsync(async (rows, length, perShard) =>
        {
            var random = new Random(7);
            var all = new StringBuilder("é");
            var texts = rows.Select(row =>
            {
                var text = new StringBuilder();
                foreach (var (kind, count, gap, at) in row)
                {
                    if (kind == 0) text.Append(new string((char)('a' + (gap % 3)), count));
                    else if (kind == 1) text.Append(string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(31) is < 26 and var letter ? (char)('a' + letter) : ' ')));
                    else text.Append(all.ToString(Math.Min(at, all.Length - 1), Math.Min(count + gap, all.Length - Math.Min(at, all.Length - 1))));
                }

                all.Append(text);
                return text.Append('ü').ToString();
            }).ToArray();
            Assert.Equal(NaiveCut(length, texts), (await Run(length, perShard, texts)).Kept);
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void Equal_windows_have_an_anchor_of_one_hash_and_anchors_cover_every_window_once() =>
        Gen.Select(Gen.Int[0, 4].Array[32, 400], Gen.Int[32, 80]).Sample((symbols, window) =>
        {
            var text = symbols.Select(s => (byte)s).ToArray();
            var anchors = new List<Anchor>();
            Winnowing.AnchorsOf(text, window, anchors);
            var hashes = new Dictionary<string, ulong>();
            var next = 0;
            foreach (var anchor in anchors)
            {
                Assert.Equal(next, anchor.From);
                for (var i = 0; i < anchor.Windows; i++, next++)
                {
                    var key = Convert.ToHexString(text.AsSpan(next, window));
                    hashes.TryAdd(key, anchor.Hash);
                    Assert.Equal(hashes[key], anchor.Hash);
                    Assert.InRange(anchor.At, next, next + window - 1);
                }
            }

            Assert.Equal(Math.Max(0, text.Length - window + 1), next);
        }, iter: 300);

    /// <summary>What a set of all windows seen so far would cut, each but for what belongs to its own first copy.</summary>
    private static List<string> NaiveCut(int length, params string[] texts)
    {
        var first = new Dictionary<string, (int Text, int At)>();
        var left = new List<string>();
        for (var t = 0; t < texts.Length; t++)
        {
            var bytes = Encoding.UTF8.GetBytes(texts[t]);
            var gone = new bool[bytes.Length];
            for (var at = 0; at + length <= bytes.Length; at++)
            {
                if (first.TryAdd(Convert.ToHexString(bytes.AsSpan(at, length)), (t, at))) continue;
                var copy = first[Convert.ToHexString(bytes.AsSpan(at, length))];
                for (var i = copy.Text == t ? Math.Max(at, copy.At + length) : at; i < at + length; i++) gone[i] = true;
            }

            var (going, number) = (new List<bool>(), 0);
            foreach (var rune in texts[t].EnumerateRunes())
            {
                going.AddRange(Enumerable.Repeat(Enumerable.Range(number, rune.Utf8SequenceLength).All(i => gone[i]), rune.Utf16SequenceLength));
                number += rune.Utf8SequenceLength;
            }

            var text = new StringBuilder();
            for (var i = 0; i < going.Count; i++)
            {
                if (!going[i]) text.Append(texts[t][i]);
                if (!going[i] || (i > 0 && going[i - 1])) continue;
                var end = Enumerable.Range(i, going.Count - i).TakeWhile(j => going[j]).Last() + 1;
                var (head, tail) = (Torn(texts[t], i, end), Torn(new string([.. texts[t].Reverse()]), going.Count - end, going.Count - i));
                if (head + tail >= end - i) text.Append(texts[t], i, end - i);
                else
                {
                    // One blank stays between what was apart before.
                    text.Append(texts[t], i, head);
                    var (begin, right) = (i + head, end - tail);
                    if (begin > 0 && right < going.Count && texts[t][begin - 1] != ' ' && texts[t][right] != ' ' && (texts[t][begin] == ' ' || texts[t][right - 1] == ' ')) text.Append(' ');
                    text.Append(texts[t], right, tail);
                }
            }

            if (!string.IsNullOrWhiteSpace(text.ToString())) left.Add(text.ToString());
        }

        return left;
    }

    /// <summary>Letters at the beginning of a range that belong to a word which begins before it, unless they are too many for a word.</summary>
    private static int Torn(string text, int from, int to)
    {
        if (from == 0 || text[from - 1] == ' ') return 0;
        var torn = text[from..to].TakeWhile(c => c != ' ').Count();
        return torn < 64 ? torn : 0;
    }

    private static Task<(List<string> Kept, FunnelRule Rule)> Run(int length, params string[] texts) => Run(length, 2, texts);

    private static async Task<(List<string> Kept, FunnelRule Rule)> Run(int length, int perShard, string[] texts)
    {
        var documents = texts.Select((t, i) => new Document { Id = i.ToString(), Text = t, Source = "test" });
        var (kept, result) = await ShardedDocuments.DeduplicateAsync(documents, new() { Exact = false, Near = false, Substring = length }, memory: 1, perShard: perShard);
        return ([.. kept.Select(d => d.Text)], result.Funnel.Rules.Single());
    }
}
