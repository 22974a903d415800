using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Tests.Families;

namespace Pipeline.Training.Tests;

/// <summary>Readers that make other objectives of plain windows of text.</summary>
public sealed class WindowObjectiveTests
{
    const int Context = Small.Context;

    [Fact]
    public void Masked_places_have_their_token_as_target_and_all_others_none()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 5000);
        var windows = new TokenWindows(tokens, Context, 1);
        var masked = new MaskedWindows(windows, Family.Specials, seed: 3);
        var counts = new int[3];
        for (var epoch = 0; epoch < 8; epoch++)
        {
            var places = Places(epoch, windows.Count);
            var (plain, batch) = (windows.Read(places), masked.Read(places));
            Assert.Null(batch.Segments);
            for (var at = 0; at < batch.Ids.Length; at++)
            {
                if (batch.Targets[at] == TokenBatch.Ignored)
                {
                    Assert.Equal(plain.Ids[at], batch.Ids[at]);
                    continue;
                }
                Assert.Equal(plain.Ids[at], batch.Targets[at]);
                Assert.DoesNotContain(batch.Targets[at], Family.Specials.Special);
                counts[batch.Ids[at] == Family.Specials.Mask ? 0 : batch.Ids[at] == plain.Ids[at] ? 2 : 1]++;
            }
            // 15 % of 16.
            Assert.All(batch.Targets.Chunk(Context), row => Assert.Equal(2, row.Count(target => target != TokenBatch.Ignored)));
        }
        var all = (double)counts.Sum();
        Assert.Equal(0.8, counts[0] / all, 0.02);
        Assert.Equal(0.1, counts[1] / all, 0.02);
        Assert.Equal(0.1, counts[2] / all, 0.02);
    }

    [Fact]
    public void A_choice_is_the_places_own_and_another_one_every_epoch()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 500);
        foreach (var examples in new IExamples<TokenBatch>[] { Masked(tokens), new PrefixWindows(new FixedWindows(tokens, Context), 3), Spans(tokens) })
        {
            var together = examples.Read([new Place(0, 3), new Place(0, 4)]);
            var alone = examples.Read([new Place(0, 4)]);
            Assert.Equal(together.Ids[together.Columns..], alone.Ids);
            Assert.Equal(together.Targets[together.Columns..], alone.Targets);
            Assert.NotEqual(examples.Read(Places(0, 9)).Targets, examples.Read(Places(1, 9)).Targets);
        }
    }

    [Fact]
    public void Whole_words_are_masked_or_left()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 3000);
        // An odd token goes on with the word before it.
        var specials = Family.Specials with { SameWord = (_, next) => next % 2 == 1 };
        var windows = new FixedWindows(tokens, Context);
        var places = Places(0, windows.Count - 1);
        var (plain, batch) = (windows.Read(places), new MaskedWindows(windows, specials, 3, share: 0.3).Read(places));
        for (var at = 1; at < batch.Ids.Length; at++)
        {
            if (at % Context != 0 && plain.Ids[at] % 2 == 1 && !specials.Special.Contains(plain.Ids[at]) && !specials.Special.Contains(plain.Ids[at - 1]))
                Assert.Equal(batch.Targets[at - 1] == TokenBatch.Ignored, batch.Targets[at] == TokenBatch.Ignored);
        }
        Assert.All(batch.Targets.Chunk(Context), row => Assert.Contains(row, target => target != TokenBatch.Ignored));
    }

    [Fact]
    public void Padding_of_the_last_window_is_a_document_of_its_own()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 2 * Context + 6);
        var batch = Masked(tokens).Read(Places(0, 3));
        Assert.Equal(Enumerable.Repeat(0L, 2 * Context + 5).Concat(Enumerable.Repeat(1L, Context - 5)), batch.Segments!);
        Assert.All(batch.Targets[(2 * Context + 5)..], target => Assert.Equal(TokenBatch.Ignored, target));
    }

    [Fact]
    public void A_corrupted_window_is_whole_again_when_spans_are_put_where_their_sentinels_stand()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 400, ordinary: 45);
        var windows = new FixedWindows(tokens, 12);
        var sentinels = Family.Specials.Sentinels;
        foreach (var (density, mean, noise, spans) in new[] { (0.15, 3.0, 2, 1), (0.5, 2.0, 6, 3), (0.4, 1.7, 5, 3) })
        {
            var corrupted = new SpanCorruption(windows, 12, Family.Specials, seed: 3, density, mean);
            foreach (var place in Places(0, windows.Count - 1))
            {
                var batch = corrupted.Read([place]);
                Assert.Equal(noise + spans, batch.Weight);
                // What the decoder writes, its first sentinel included.
                List<long> written = [batch.Ids[0], .. batch.Targets];
                Assert.Equal(sentinels[spans], written[^1]);
                Assert.Equal(batch.Ids[1..], batch.Targets[..^1]);
                var whole = batch.Source!.SelectMany(id => sentinels.Contains(id) ? written.Skip(written.IndexOf(id) + 1).TakeWhile(next => !sentinels.Contains(next)) : [id]);
                Assert.Equal(windows.Read([place]).Ids, whole);
            }
        }
        var last = new SpanCorruption(windows, 12, Family.Specials, 3).Read([new Place(0, 0), new Place(0, windows.Count - 1)]);
        Assert.Equal((400 - 1) % 12 - 1 + 1, last.Source![(last.Source.Length / 2)..].Count(id => id >= 0));
    }

    [Fact]
    public void A_prefix_carries_no_loss_and_something_follows_it()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 1000);
        var windows = new FixedWindows(tokens, Context);
        var batch = new PrefixWindows(windows, seed: 3).Read(Places(0, windows.Count - 1));
        for (var row = 0; row < batch.Rows; row++)
        {
            var targets = batch.Targets.AsSpan(row * Context, Context);
            Assert.InRange(batch.Prefix![row], 1, Context);
            Assert.Equal(batch.Prefix[row] - 1, targets.Count(TokenBatch.Ignored));
            Assert.True(targets[(int)batch.Prefix[row] - 1] >= 0);
        }
        Assert.InRange(batch.Prefix!.Distinct().Count(), Context - 4, Context);
    }

    [Fact]
    public void An_encoder_and_a_decoder_read_the_two_halves_of_a_window()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 500);
        var windows = new TokenWindows(tokens, 7, 1);
        var (plain, batch) = (windows.Read(Places(1, 5)), new SourceWindows(windows).Read(Places(1, 5)));
        Assert.Equal(plain.Ids.Chunk(7).SelectMany(row => row[..3]), batch.Source!);
        Assert.Equal(plain.Ids.Chunk(7).SelectMany(row => row[3..]), batch.Ids);
        Assert.Equal(plain.Targets.Chunk(7).SelectMany(row => row[3..]), batch.Targets);
    }

    [Fact]
    public void Measured_with_a_source_every_token_but_the_first_is_predicted_once_from_what_stands_before_it()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 333);
        var all = new long[333];
        tokens.Read(0, all);
        var windows = new PrecededWindows(tokens, Context);
        var batch = windows.Read(Places(0, windows.Count));
        Assert.Equal(all[1..], batch.Targets.Where(target => target != TokenBatch.Ignored));
        Assert.All(batch.Source![..8], id => Assert.Equal(-1, id));
        Assert.Equal(all[..(333 - 333 % 8)].Take(8 * (batch.Rows - 1)), batch.Source[8..]);
    }

    [Fact]
    public void What_a_tokenizer_lacks_is_named_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 500);
        var windows = new FixedWindows(tokens, Context);
        var error = Assert.Throws<ArgumentException>(() => new MaskedWindows(windows, Family.Specials with { Mask = null }, 1)).Message;
        Assert.Contains("Train it with <mask> or [MASK] among its special tokens", error);
        error = Assert.Throws<ArgumentException>(() => new SpanCorruption(windows, Context, Family.Specials with { Sentinels = [48, 47] }, 1, density: 0.5)).Message;
        Assert.Contains("have 3 spans and so need 4 sentinels, but the tokenizer has 2. Train it with <extra_id_0> to <extra_id_3>", error);
        Assert.Throws<ArgumentException>(() => new MaskedWindows(windows, Family.Specials, 1, share: 0));
        Assert.Throws<ArgumentException>(() => new SpanCorruption(windows, Context, Family.Specials, 1, meanSpan: 0.5));
    }

    static MaskedWindows Masked(TokenFile tokens) => new(new FixedWindows(tokens, Context), Family.Specials, 3);

    static SpanCorruption Spans(TokenFile tokens) => new(new FixedWindows(tokens, Context), Context, Family.Specials, 3);

    static Place[] Places(long epoch, long count) => [.. Enumerable.Range(0, (int)count).Select(at => new Place(epoch, at))];
}
