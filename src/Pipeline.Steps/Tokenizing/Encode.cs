using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using Pipeline.Data.Documents;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Turns the parts of a corpus into token shards.</summary>
public sealed class Encode : Step<Encode.With, Encode.Given, Encode.Made>
{
    public sealed record With
    {
        [Description("The special token that ends each document.")]
        public string EndOfText { get; init; } = SpecialTokens.EndOfText;
    }

    public sealed record Given
    {
        [Description("The parts of a corpus.")]
        public required Splits<Documents> Split { get; init; }

        [Description("The tokenizer to encode with.")]
        public required Artifact<Tokenizer> Tokenizer { get; init; }
    }

    public sealed record Made
    {
        [Description("Tokens of the training part.")]
        public required Output<TokenShards> Train { get; init; }

        [Description("Tokens of the validation part.")]
        public required Output<TokenShards> Validation { get; init; }

        [Description("Tokens of the test part.")]
        public required Output<TokenShards> Test { get; init; }
    }

    public override string Name => "tokenizer.encode";
    public override int Version => 1;
    public override string Description => "Encodes documents into token shards: u16 or u32 by vocabulary, each document ended by a token of its own.";
    public override int DefaultCpus => 4;

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var path = inputs.Tokenizer.Locate("tokenizer.json");
        var model = TokenizerReader.Read(path);
        var hash = SHA256.HashData(File.ReadAllBytes(path));
        var parts = ((string Name, Artifact<Documents> Documents, Output<TokenShards> Shards)[])
            [("train", inputs.Split.Train, outputs.Train), ("validation", inputs.Split.Validation, outputs.Validation), ("test", inputs.Split.Test, outputs.Test)];
        var (tokens, bytes) = (0L, 0L);
        foreach (var part in parts)
        {
            var (partTokens, partBytes) = Write(part.Documents, part.Shards, model, model.SpecialId(with.EndOfText), hash, context);
            context.Metric($"{part.Name}.tokens", partTokens);
            context.Metric($"{part.Name}.bytes", partBytes);
            (tokens, bytes) = (tokens + partTokens, bytes + partBytes);
        }

        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{tokens:N0} tokens of {bytes:N0} bytes ({(double)bytes / Math.Max(1, tokens):0.00} bytes a token)");
        return Task.CompletedTask;
    }

    private static (long Tokens, long Bytes) Write(Artifact<Documents> documents, Output<TokenShards> output, BpeModel model, int endOfText, byte[] hash, StepContext context)
    {
        var bytes = 0L;
        var texts = DocumentReader.ReadAsync(documents.LocateAll(), context.Cancellation).ToBlockingEnumerable(context.Cancellation).Select(d =>
        {
            bytes += System.Text.Encoding.UTF8.GetByteCount(d.Text);
            return d.Text;
        });
        using var shard = new TokenShardWriter(output["tokens.bin"], model.VocabularySize, endOfText, hash);
        foreach (var ids in TextTokenizer.Encode(texts, model, context.Cpus, context.Cancellation))
        {
            shard.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids));
            if (shard.SequenceCount % 4096 == 0) context.Report(shard.SequenceCount, 0, "documents");
        }

        shard.Complete();
        return (shard.TokenCount, bytes);
    }
}
