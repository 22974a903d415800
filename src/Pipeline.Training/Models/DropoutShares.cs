namespace Pipeline.Training.Models;

/// <summary>What is dropped in training of embeddings, of attention weights, and of each branch (of a recurrent model, of what each layer gives).</summary>
readonly record struct DropoutShares(double Embedding, double Attention, double Residual)
{
    /// <param name="all">Wherever none of its own is set.</param>
    public DropoutShares(double all, double? embedding, double? attention, double? residual)
        : this(embedding ?? all, attention ?? all, residual ?? all)
    {
    }
}
