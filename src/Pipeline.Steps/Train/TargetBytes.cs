using Pipeline.Data.Tokenizers;
using Pipeline.Training.Batches;

namespace Pipeline.Steps.Train;

/// <summary>How much text the targets of a measurement stand for, so that losses under different tokenizers compare.</summary>
internal static class TargetBytes
{
    /// <summary>UTF-8 bytes per target token; a special token stands for none. Null where no target stands for text.</summary>
    public static double? PerToken(IExamples<TokenBatch> examples, TokenizerModel tokenizer)
    {
        var text = new TextTokenizer(tokenizer);
        long tokens = 0, bytes = 0;
        for (long i = 0; i < examples.Count; i++)
        {
            foreach (var target in examples.Read([new Place(0, i)]).Targets)
            {
                if (target == TokenBatch.Ignored) continue;
                tokens++;
                bytes += text.BytesOf((int)target).Length;
            }
        }

        return bytes > 0 ? (double)bytes / tokens : null;
    }
}
