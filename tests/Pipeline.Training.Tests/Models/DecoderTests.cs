using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Models;

public sealed class DecoderTests
{
    const long None = TokenBatch.Ignored;

    public static TheoryData<string> Names => [.. Small.Decoders.Keys];

    [Fact]
    public void A_gpt_with_rope_or_alibi_turns_or_penalises_as_llama_does()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var positions in new[] { Positions.Rope, Positions.Alibi })
        {
            using var model = Small.Rough(Small.Config() with { Positions = positions });
            Assert.DoesNotContain("transformer.wpe.weight", model.Parameters.Names);
            long[] ids = [3, 1, 4, 1, 5, 9];
            var expected = WrittenOutGpt.Logits(model, ids);
            Assert.True(model.Logits(tensor(ids, [1, 6]))[0].narrow(1, 0, Small.Vocabulary).allclose(expected, 1e-4, 1e-4), positions.ToString());
        }
        Assert.Contains("choose an even one", Assert.Throws<ArgumentException>(() => (Small.Config() with { Width = 6, Positions = Positions.Rope }).Check()).Message);
        Assert.Contains("read with RoPE alone", Assert.Throws<ArgumentException>(() => (Small.Config() with { RopeTheta = 5 }).Check()).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Packed_documents_lose_what_they_lose_alone(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Small.Decoders[family]);
        long[][] documents = [[3, 1, 4, 1, 5], [9], [2, 6, 5, 3, 5, 8, 9]];
        var packed = new TokenBatch(2, 13) { Segments = [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, .. Enumerable.Repeat(4L, 13)] };
        documents.SelectMany(ids => ids).ToArray().CopyTo(packed.Ids, 0);
        documents.SelectMany(Targets).ToArray().CopyTo(packed.Targets, 0);
        Array.Fill(packed.Targets, None, 13, 13);
        var losses = model.TokenLosses(packed)[0];
        var at = 0;
        foreach (var ids in documents)
        {
            var alone = new TokenBatch(1, ids.Length);
            ids.CopyTo(alone.Ids, 0);
            Targets(ids).CopyTo(alone.Targets, 0);
            Assert.True(model.TokenLosses(alone)[0].allclose(losses.narrow(0, at, ids.Length), 1e-5, 1e-5));
            at += ids.Length;
        }

        static long[] Targets(long[] ids) => [.. ids.Select(id => id * 3 % Small.Vocabulary)];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prefix_is_seen_from_every_place_of_it_and_nothing_after(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Small.Decoders[family]);
        Tensor Losses(params long[] ids)
        {
            var batch = new TokenBatch(1, ids.Length) { Prefix = [3] };
            ids.CopyTo(batch.Ids, 0);
            Array.Fill(batch.Targets, 7);
            return model.TokenLosses(batch)[0];
        }
        var losses = Losses(1, 2, 3, 4, 5, 6, 7, 8);
        var otherPrefix = (Losses(1, 2, 9, 4, 5, 6, 7, 8) - losses).abs();
        Assert.True(otherPrefix.min().item<float>() > 1e-6, "each place sees all of the prefix");
        var otherRest = (Losses(1, 2, 3, 4, 5, 9, 9, 9) - losses).abs();
        Assert.True(otherRest.narrow(0, 0, 5).max().item<float>() < 1e-6, "no place sees what comes after both it and the prefix");
        Assert.True(otherRest[5].item<float>() > 1e-6);
    }

    [Fact]
    public void Masks_of_a_batch_are_those_written_out()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var config in new[] { Small.Llama(), Small.Llama() with { Window = 2, KeyValueHeads = 2 }, Small.Llama() with { Positions = Positions.Alibi } })
        {
            using var model = Small.Rough(config);
            long[] ids = [3, 1, 4, 1, 5, 9, 2], segments = [0, 0, 0, 1, 1, 1, 1];
            var expected = WrittenOutLlama.Logits(
                model, ids, (i, j) => segments[i] == segments[j] && ((j <= i && j > i - (config.Window ?? 99)) || j < 2), places: [0, 1, 2, 0, 1, 2, 3]);
            var batch = new TokenBatch(1, 7) { Segments = segments, Prefix = [2] };
            ids.CopyTo(batch.Ids, 0);
            Array.Fill(batch.Targets, 7);
            var losses = -expected.log_softmax(-1).select(1, 7);
            Assert.True(model.TokenLosses(batch)[0].allclose(losses, 1e-4, 1e-4));
        }
    }

    [Fact]
    public void Documents_are_told_apart_by_the_token_that_ends_them()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["tokens"], [.. new ushort[] { 5, 6, 0, 7, 0, 8, 9, 5, 6 }.SelectMany(BitConverter.GetBytes)]);
        using var tokens = new TokenFile(folder["tokens"], 0, 9, 2, Small.Vocabulary);
        var batch = new SeparateDocuments(new FixedWindows(tokens, 4), endOfText: 0).Read([new Place(0, 0), new Place(0, 1)]);
        Assert.Equal([5, 6, 0, 7, 0, 8, 9, 5], batch.Ids);
        Assert.Equal([0, 0, 0, 1, 0, 1, 1, 1], batch.Segments!);
        Assert.Equal([6, 0, None, 0, None, 9, 5, 6], batch.Targets);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Micro_batches_and_masks_train_alike(string family)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        float[] Train(int micro)
        {
            using var model = LanguageModel.Initialise(Small.Decoders[family], seed: 1);
            using var objective = new NextToken(model);
            new Trainer<TokenBatch>(model.Parameters, objective, new SeparateDocuments(new TokenWindows(tokens, Small.Context, 1), endOfText: 3), null, Small.Options(4) with { MicroBatch = micro }).Run();
            return model.Values();
        }
        var whole = Train(4);
        Assert.All(Train(1).Zip(whole), pair => Assert.Equal(pair.Second, pair.First, 2e-4f));
    }
}
