using CsCheck;
using Pipeline.TestKit;
using Pipeline.Training.Batches;

namespace Pipeline.Training.Tests;

public sealed class BatchTests
{
    [Fact]
    public void Every_epoch_visits_every_example_once_in_an_order_of_its_own() =>
        Gen.Select(Gen.Long[1, 300], Gen.Long).Sample((count, seed) =>
        {
            var order = new DataOrder(seed, count);
            for (var epoch = 0L; epoch < 3; epoch++)
            {
                var places = Enumerable.Range(0, (int)count).Select(at => order.At(epoch * count + at)).ToList();
                Assert.All(places, place => Assert.Equal(epoch, place.Epoch));
                Assert.Equal(Enumerable.Range(0, (int)count).Select(at => (long)at), places.Select(place => place.Example).Order());
            }
        }, iter: 100);

    [Fact]
    public void Two_epochs_and_two_seeds_differ_in_order()
    {
        static List<long> Epoch(DataOrder order, int epoch) => [.. Enumerable.Range(0, 100).Select(at => order.At(epoch * 100L + at).Example)];
        var order = new DataOrder(1, 100);
        Assert.NotEqual(Epoch(order, 0), Epoch(order, 1));
        Assert.NotEqual(Epoch(order, 0), Epoch(new DataOrder(2, 100), 0));
        Assert.NotEqual(Epoch(order, 0), Epoch(order, 0).Order());
    }

    [Theory]
    [InlineData(2, 1000)]
    [InlineData(17, 33)]
    [InlineData(16, 17)]
    public void Fixed_windows_predict_every_token_but_the_first_exactly_once(int context, int count)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, count);
        var windows = new FixedWindows(tokens, context);
        var all = new long[count];
        tokens.Read(0, all);
        var batch = windows.Read([.. Enumerable.Range(0, (int)windows.Count).Select(at => new Place(0, at))]);
        Assert.Equal(all[1..], batch.Targets.Where(target => target != TokenBatch.Ignored));
        Assert.Equal(count - 1, batch.Weight);
    }

    [Fact]
    public void Training_windows_pair_each_id_with_the_next_and_shift_between_epochs()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 500);
        var all = new long[500];
        tokens.Read(0, all);
        var windows = new TokenWindows(tokens, 16, seed: 3);
        var starts = new HashSet<long>();
        for (var epoch = 0; epoch < 20; epoch++)
        {
            var batch = windows.Read([new Place(epoch, 0), new Place(epoch, windows.Count - 1)]);
            Assert.Equal(batch.Ids[1..16], batch.Targets[..15]);
            var start = Enumerable.Range(0, 16).First(at => all.AsSpan(at, 16).SequenceEqual(batch.Ids.AsSpan(0, 16)) && all[at + 16] == batch.Targets[15]);
            starts.Add(start);
        }
        Assert.InRange(starts.Count, 8, 16);
    }

    [Fact]
    public void Only_the_response_is_trained_and_padding_is_not()
    {
        var example = new Example(new[] { 10, 11, 12, 13 }, new[] { false, false, true, true });
        var batch = new Conversations([example, Small.Conversation(1)], Small.Vocabulary, Small.Context).Read([new Place(0, 0), new Place(0, 1)]);
        Assert.Equal([10, 11, 12, 0], batch.Ids[..4]);
        Assert.Equal([TokenBatch.Ignored, 12, 13, TokenBatch.Ignored], batch.Targets[..4]);
        Assert.Equal(2 + 6, batch.Weight);
    }

    [Fact]
    public void Examples_that_cannot_be_trained_on_are_refused_with_their_number_and_reason()
    {
        static string Error(params Example[] examples) => Assert.Throws<InvalidDataException>(() => new Conversations(examples, Small.Vocabulary, Small.Context)).Message;
        Assert.Contains("no examples", Error());
        Assert.Contains("examples 1: token id 50 is outside the model's vocabulary of 50", Error(Small.Conversation(1), new Example(new[] { 1, 50 }, new[] { false, true })));
        Assert.Contains("token id -1", Error(new Example(new[] { 1, -1 }, new[] { false, true })));
        Assert.Contains("no token of it would be trained", Error(new Example(new[] { 1, 2 }, new[] { true, false })));
        Assert.Contains("18 tokens; the model's context of 16 takes at most 17", Error(Small.Conversation(1, prompt: 12, response: 6)));
        Assert.Contains("2 ids but 1 mask values", Error(new Example(new[] { 1, 2 }, new[] { true })));
    }

    [Fact]
    public void Token_files_that_are_empty_short_or_foreign_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["tokens"];
        File.WriteAllBytes(path, [1, 0, 2, 0, 60, 0]);
        Assert.Contains("holds 0 token(s)", Assert.Throws<InvalidDataException>(() => new TokenFile(path, 0, 0, 2, 50)).Message);
        Assert.Contains("do not fit into its 6 bytes", Assert.Throws<InvalidDataException>(() => new TokenFile(path, 0, 4, 2, 50)).Message);
        Assert.Contains("do not fit", Assert.Throws<InvalidDataException>(() => new TokenFile(path, 2, 3, 2, 50)).Message);
        Assert.Contains("do not fit", Assert.Throws<InvalidDataException>(() => new TokenFile(path, long.MaxValue, 3, 2, 50)).Message);
        Assert.Throws<ArgumentException>(() => new TokenFile(path, 0, 2, 3, 50));
        using var tokens = new TokenFile(path, 2, 2, 2, 50);
        Assert.Contains("token 1 is 60, outside the model's vocabulary of 50", Assert.Throws<InvalidDataException>(() => tokens.Read(0, new long[2])).Message);
        Assert.Contains("too few for one window of 16 tokens", Assert.Throws<InvalidDataException>(() => new TokenWindows(tokens, 16, 1)).Message);
    }

    [Fact]
    public void Four_byte_tokens_are_read_from_an_offset()
    {
        using var folder = new TemporaryFolder();
        var path = folder["tokens"];
        File.WriteAllBytes(path, [9, 9, 9, 1, 2, 0, 0, 4, 3, 2, 1]);
        using var tokens = new TokenFile(path, 3, 2, 4, int.MaxValue);
        var ids = new long[2];
        tokens.Read(0, ids);
        Assert.Equal([513, 0x01020304], ids);
    }
}
