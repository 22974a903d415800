using Pipeline.Training.Models;

namespace Pipeline.Training.Verification;

static class Dropouts
{
    /// <summary>The same shape, computed in training as it is in use.</summary>
    public static ModelConfig WithoutDropout(this ModelConfig config) => config switch
    {
        GptConfig gpt => gpt with { Dropout = 0, EmbeddingDropout = null, AttentionDropout = null, ResidualDropout = null },
        LlamaConfig llama => llama with { Dropout = 0, EmbeddingDropout = null, AttentionDropout = null, ResidualDropout = null },
        BertConfig bert => bert with { Dropout = 0, EmbeddingDropout = null, AttentionDropout = null, ResidualDropout = null },
        RecurrentConfig recurrent => recurrent with { Dropout = 0, EmbeddingDropout = null, ResidualDropout = null, Variational = false },
        EncoderDecoderConfig both => both with { Dropout = 0, EmbeddingDropout = null, AttentionDropout = null, ResidualDropout = null },
        HybridConfig hybrid => hybrid with { Dropout = 0, EmbeddingDropout = null, AttentionDropout = null, ResidualDropout = null, Variational = false },
        _ => throw new ArgumentException($"There is no architecture {config.Architecture}."),
    };
}
