using System.Globalization;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 3: documents packed into one row have the losses that each has in a row of its own, token for token, and none is trained to predict how the next one begins.</summary>
static class PackedDocuments
{
    const string Name = "packed documents are as if alone";
    const int Documents = 3;

    /// <param name="trial">Whose rows are cut into documents.</param>
    /// <param name="separate">Keeps the documents of rows apart, given the token that ends each; null: as a pretraining does.</param>
    public static Finding Check(Trial trial, Func<IExamples<TokenBatch>, int, IExamples<TokenBatch>>? separate = null)
    {
        var config = trial.Config;
        if (!config.Causal || !config.Reads.HasFlag(BatchParts.Segments))
            return new(3, Name, null, $"{config.Architecture} cannot keep documents apart");
        var row = trial.Examples.Read([new Place(0, 0)]);
        var length = row.Columns / Documents;
        if (length < 2)
            return new(3, Name, null, $"a row of {row.Columns} has no room for {Documents} documents");
        const int end = 0;
        // The rows' own tokens, save that of the end.
        var documents = Enumerable.Range(0, Documents).Select(d => Enumerable.Range(0, length).Select(at => at == length - 1 ? end : Math.Max(1, row.Ids[d * length + at])).ToArray()).ToArray();
        var packed = (separate ?? ((rows, token) => new SeparateDocuments(rows, token)))(new OneRow([.. documents.SelectMany(each => each)]), end).Read([new Place(0, 0)]);
        using var model = trial.Model(config);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var together = model.TokenLosses(packed).cpu().data<float>().ToArray();
        var alone = documents.SelectMany(each => model.TokenLosses(new OneRow(each).Read([new Place(0, 0)])).cpu().data<float>().ToArray()).ToArray();
        var across = Enumerable.Range(1, Documents).Count(d => packed.Targets[d * length - 1] != TokenBatch.Ignored);
        var apart = together.Zip(alone).Max(pair => Math.Abs(pair.First - pair.Second));
        const double tolerance = 1e-3;
        return new(3, Name, apart <= tolerance && across == 0, string.Create(CultureInfo.InvariantCulture,
            $"the losses of {Documents * (length - 1)} tokens of {Documents} documents differ by at most {apart:0.0e+0} nats (at most {tolerance:0e+0}); {across} targets lie across a boundary"));
    }

    /// <summary>One row of a text; the last token predicts nothing.</summary>
    sealed class OneRow(long[] ids) : IExamples<TokenBatch>
    {
        public long Count => 1;

        public TokenBatch Read(ReadOnlySpan<Place> places)
        {
            var batch = new TokenBatch(1, ids.Length);
            ids.CopyTo(batch.Ids, 0);
            ids.AsSpan(1).CopyTo(batch.Targets);
            batch.Targets[^1] = TokenBatch.Ignored;
            return batch;
        }
    }
}
