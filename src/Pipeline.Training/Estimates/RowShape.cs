using Pipeline.Training.Models;

namespace Pipeline.Training.Estimates;

/// <summary>What a model reads and predicts of one example.</summary>
/// <param name="Columns">Tokens that a decoder reads, or an encoder that has none.</param>
/// <param name="Source">Tokens that an encoder before it reads.</param>
/// <param name="Targets">Columns that the output layer is computed at.</param>
public readonly record struct RowShape(int Columns, int Source, double Targets)
{
    public int Tokens => Columns + Source;

    /// <summary>The model as it meets such rows: attention over what they have instead of over all that it could see.</summary>
    public ModelConfig On(ModelConfig config) => config switch
    {
        EncoderDecoderConfig both => both with { Context = Columns, SourceContext = Source },
        HybridConfig both => both with { Context = Columns, SourceContext = Source },
        _ => config with { Context = Columns },
    };
}
