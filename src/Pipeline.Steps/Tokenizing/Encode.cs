using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
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
    public override int Version => 2;
    public override string Description => "Encodes documents into token shards: u16 or u32 by vocabulary, each document ended by a token of its own.";
    public override int DefaultCpus => 4;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of the documents, as long as the tokenizer is the same";

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var path = inputs.Tokenizer.Locate("tokenizer.json");
        var model = TokenizerReader.Read(path);
        var hash = SHA256.HashData(File.ReadAllBytes(path));
        var tokenizers = new TokenizerPool(model);
        var parts = ((string Name, Artifact<Documents> Documents, Output<TokenShards> Shards)[])
            [("train", inputs.Split.Train, outputs.Train), ("validation", inputs.Split.Validation, outputs.Validation), ("test", inputs.Split.Test, outputs.Test)];
        var (tokens, bytes) = (0L, 0L);
        foreach (var part in parts)
        {
            using var shard = new TokenShardWriter(part.Shards["tokens.bin"], model.VocabularySize, model.SpecialId(with.EndOfText), hash);
            var partBytes = 0L;
            await foreach (var piece in part.Documents.Files.SelectInOrderAsync(context.Cpus, file => EncodeAsync(part.Documents, file, tokenizers, hash, context), context.Cancellation))
            {
                new EncodedTexts(await piece.ContentAsync(), piece.Facts.Lengths).ForEach(shard.Add);
                partBytes += piece.Facts.Bytes;
                context.Report(shard.SequenceCount, 0, "documents");
            }

            shard.Complete();
            context.Metric($"{part.Name}.tokens", shard.TokenCount);
            context.Metric($"{part.Name}.bytes", partBytes);
            (tokens, bytes) = (tokens + shard.TokenCount, bytes + partBytes);
        }

        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{tokens:N0} tokens of {bytes:N0} bytes ({(double)bytes / Math.Max(1, tokens):0.00} bytes a token)");
    }

    private static Task<Piece<Encoded>> EncodeAsync(Artifact<Documents> documents, ArtifactFile file, TokenizerPool tokenizers, byte[] tokenizer, StepContext context) =>
        context.Pieces.GetAsync("shard", new JsonObject { ["documents"] = file.Sha256, ["tokenizer"] = Convert.ToHexStringLower(tokenizer) }, () =>
        {
            var bytes = 0L;
            // A shard may hold many times what a row group of it does: its texts are encoded as they are read.
            var encoded = tokenizers.Encode(DocumentReader.ReadAsync([(file.Path, documents.Locate(file.Path))], context.Cancellation).ToBlockingEnumerable(context.Cancellation).Select(d =>
            {
                bytes += Encoding.UTF8.GetByteCount(d.Text);
                return d.Text;
            }));
            return Task.FromResult(new MadePiece<Encoded>(new(bytes, encoded.Lengths)) { Content = encoded.ToBytes() });
        });

    /// <summary>What is known of an encoded shard.</summary>
    /// <param name="Bytes">Of its texts as UTF-8.</param>
    /// <param name="Lengths">Of its texts in tokens, without the one that ends each.</param>
    private sealed record Encoded(long Bytes, IReadOnlyList<int> Lengths);
}
