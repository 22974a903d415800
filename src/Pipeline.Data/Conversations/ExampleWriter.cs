using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Data.Conversations;

/// <param name="Truncated">Examples cut to the maximum length; for preferences, of which one answer or both were cut.</param>
/// <param name="Refused">Examples left out: no trained token fits, or the two answers of a preference became the same.</param>
public sealed record ExamplesWritten(int Written, int Truncated, int Refused, long Tokens, long TrainedTokens);

/// <summary>Encodes conversations and preferences into token shards with masks. What does not fit is cut or left out, and counted.</summary>
public static class ExampleWriter
{
    private const int Batch = 512;

    /// <param name="maxLength">In tokens; a longer example loses its end.</param>
    public static ExamplesWritten Write(
        string path, IEnumerable<Conversation> conversations, TokenizerModel model, byte[] tokenizerSha256, int maxLength, int workers = -1, CancellationToken cancellation = default)
    {
        using var shard = new TokenShardWriter(path, model.VocabularySize, null, tokenizerSha256, masked: true);
        var (truncated, refused, trained) = (0, 0, 0L);
        foreach (var whole in InOrder(conversations, model, (encoder, c) => encoder.Encode(c.Turns), workers, cancellation))
        {
            var example = Cut(whole, maxLength);
            var count = example.Trained.Count(t => t);
            if (count == 0)
            {
                refused++;
                continue;
            }

            if (example.Ids.Length < whole.Ids.Length) truncated++;
            trained += count;
            shard.Add(example.Ids, example.Trained);
        }

        shard.Complete();
        return new((int)shard.SequenceCount, truncated, refused, shard.TokenCount, trained);
    }

    /// <summary>Two shards of as many sequences: number i of each are the answers of one preference.</summary>
    public static ExamplesWritten Write(
        string chosenPath, string rejectedPath, IEnumerable<Preference> preferences, TokenizerModel model, byte[] tokenizerSha256, int maxLength, int workers = -1, CancellationToken cancellation = default)
    {
        using var chosenShard = new TokenShardWriter(chosenPath, model.VocabularySize, null, tokenizerSha256, masked: true);
        using var rejectedShard = new TokenShardWriter(rejectedPath, model.VocabularySize, null, tokenizerSha256, masked: true);
        var (truncated, refused, trained) = (0, 0, 0L);
        foreach (var whole in InOrder(preferences, model, (encoder, p) => encoder.Encode(p), workers, cancellation))
        {
            var (chosen, rejected) = (Cut(whole.Chosen, maxLength), Cut(whole.Rejected, maxLength));
            if (!chosen.Trained.Contains(true) || !rejected.Trained.Contains(true) || chosen.Ids.AsSpan().SequenceEqual(rejected.Ids))
            {
                refused++;
                continue;
            }

            if (chosen.Ids.Length < whole.Chosen.Ids.Length || rejected.Ids.Length < whole.Rejected.Ids.Length) truncated++;
            trained += chosen.Trained.Count(t => t) + rejected.Trained.Count(t => t);
            chosenShard.Add(chosen.Ids, chosen.Trained);
            rejectedShard.Add(rejected.Ids, rejected.Trained);
        }

        chosenShard.Complete();
        rejectedShard.Complete();
        return new((int)chosenShard.SequenceCount, truncated, refused, chosenShard.TokenCount + rejectedShard.TokenCount, trained);
    }

    private static EncodedExample Cut(EncodedExample example, int maxLength) =>
        example.Ids.Length <= maxLength ? example : new(example.Ids[..maxLength], example.Trained[..maxLength]);

    private static IEnumerable<TOut> InOrder<TIn, TOut>(IEnumerable<TIn> items, TokenizerModel model, Func<ConversationEncoder, TIn, TOut> encode, int workers, CancellationToken cancellation)
    {
        using var encoders = new ThreadLocal<ConversationEncoder>(() => new(new TextTokenizer(model)));
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        foreach (var batch in items.Chunk(Batch))
        {
            var encoded = new TOut[batch.Length];
            Parallel.For(0, batch.Length, options, i => encoded[i] = encode(encoders.Value!, batch[i]));
            foreach (var one in encoded) yield return one;
        }
    }
}
