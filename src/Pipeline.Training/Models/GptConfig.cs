namespace Pipeline.Training.Models;

/// <summary>A GPT-2 style decoder: learned positions, pre-LayerNorm, tanh-GELU, output layer tied to the token embedding.</summary>
public sealed record GptConfig(int Vocabulary, int Context, int Layers, int Heads, int Width)
{
    /// <summary>On embeddings, attention weights and both residual branches, in training only.</summary>
    public double Dropout { get; init; }

    /// <summary>A multiple of 64 keeps matrix kernels aligned; the rows beyond <see cref="Vocabulary"/> can neither be predicted nor learn.</summary>
    public int PaddedVocabulary => (Vocabulary + 63) / 64 * 64;

    /// <summary>Of the vocabulary as exported, without padding, the tied output layer counted once.</summary>
    public long ParameterCount => (long)(Vocabulary + Context) * Width + Layers * (12L * Width * Width + 13L * Width) + 2L * Width;

    /// <summary>6N + 12·L·H·Q·T for one token, forward and backward; N without position embeddings (PaLM, appendix B).</summary>
    public double TrainingFlopsPerToken => 6.0 * (ParameterCount - (long)Context * Width) + 12.0 * Layers * Width * Context;

    public GptConfig Checked()
    {
        var errors = new List<string>();
        foreach (var (name, value) in new[] { ("vocabulary", Vocabulary), ("context", Context), ("layers", Layers), ("heads", Heads), ("width", Width) })
        {
            if (value < 1)
                errors.Add($"{name} is {value}, but must be at least 1");
        }
        if (Heads >= 1 && Width % Heads != 0)
            errors.Add($"width {Width} cannot be divided among {Heads} heads; choose a multiple of {Heads}");
        if (Dropout is not (>= 0 and < 1))
            errors.Add($"dropout is {Dropout}, but must be at least 0 and below 1");
        return errors.Count == 0 ? this : throw new ArgumentException("This GPT cannot be built: " + string.Join("; ", errors) + ".");
    }
}
