using Pipeline.Data.Shards;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Batches;

namespace Pipeline.Steps.Train;

/// <summary>The tokens that a pretraining reads: one set, or several mixed.</summary>
internal sealed class PretrainData : IDisposable
{
    private readonly List<TokenShard> train = [];
    private readonly List<string> names = ["the train part of 'tokens'"];
    private readonly TokenShard? held;

    /// <param name="measured">Whether the validation part is read; else it may be empty.</param>
    public PretrainData(Pretrain.Given inputs, bool measured)
    {
        train.Add(TokenShard.Open(inputs.Tokens.Train.Locate("tokens.bin")));
        if (measured) held = TokenShard.Open(inputs.Tokens.Validation.Locate("tokens.bin"));
        if (!ModelFiles.Made(train[0], inputs.Tokenizer.Locate(ModelFiles.TokenizerFile)))
            throw new StepFailedException("The tokens were encoded with another tokenizer than the input 'tokenizer', so their ids would mean other text: encode them with it (tokenizer.encode), or give the one that they were encoded with.");
        foreach (var entry in inputs.Mix.Entries)
        {
            var shard = TokenShard.Open(entry.Artifact.Locate("tokens.bin"));
            train.Add(shard);
            names.Add($"'{entry.Name}' of mix");
            if (!shard.Header.TokenizerSha256.SequenceEqual(train[0].Header.TokenizerSha256)) throw new StepFailedException($"'{entry.Name}' of mix was encoded with another tokenizer than the tokens: encode both with the same.");
        }
    }

    public int Vocabulary => train[0].Header.VocabularySize;

    /// <summary>The token that ends each document.</summary>
    public int EndOfText => train.Append(held).OfType<TokenShard>().Select(shard => shard.Header.EndOfText).Distinct().ToArray() is [{ } end] ? end
        : throw new StepFailedException("The tokens do not all end their documents with the same token, so these cannot be told apart: encode them with one end_of_text, or choose documents: joined.");

    /// <summary>Null where tokens can be mixed by these weights.</summary>
    public static string? Problem(IReadOnlyList<double> weights)
    {
        try
        {
            Mixture.Shares(weights);
            return null;
        }
        catch (ArgumentException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>Of one rank: each maps the files for itself.</summary>
    public Opened Open() => new([.. train.Zip(names, (shard, name) => Pretrain.Open(shard, name, "give it more text"))], held is null ? null : Pretrain.Open(held, "the validation part of 'tokens'", "give the split a validation share, or never validate (validation.every: 0)"));

    public void Dispose()
    {
        foreach (var shard in train) shard.Dispose();
        held?.Dispose();
    }

    public sealed class Opened(IReadOnlyList<TokenFile> train, TokenFile? held) : IDisposable
    {
        /// <summary>The validation part, where it is measured.</summary>
        public TokenFile? Held => held;

        public IExamples<TokenBatch> Windows(int context, Pretrain.With with)
        {
            TokenWindows[] sets = [.. train.Select(tokens => new TokenWindows(tokens, context, with.Seed))];
            return sets is [var only] ? only : new Mixture(sets, with.Weights.Count > 0 ? with.Weights : [.. sets.Select(set => (double)set.Count)], with.Seed);
        }

        public void Dispose()
        {
            foreach (var tokens in train) tokens.Dispose();
            held?.Dispose();
        }
    }
}
