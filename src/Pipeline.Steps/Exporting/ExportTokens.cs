using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Shards;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Exporting;

/// <summary>Which trainer is to read the tokens.</summary>
public enum TokenLayout
{
    Nanogpt,
    Llmc,
    Megatron,
}

/// <summary>Writes token shards as other trainers read them.</summary>
public sealed class ExportTokens : Step<ExportTokens.With, ExportTokens.Given, ExportTokens.Made>
{
    private const int DefaultTokensPerFile = 100_000_000;

    public sealed record With
    {
        [Description("nanogpt: `train.bin`, `val.bin`, `test.bin` of 16-bit ids. llmc: `train_000000.bin` and so on with llm.c's header. megatron: `train.bin` with `train.idx`, and so on for each part.")]
        public required TokenLayout Layout { get; init; }

        [Description("With layout llmc: ids in one file; null is 100,000,000.")]
        [Engine.Authoring.Range(1, 2_000_000_000)]
        public int? TokensPerFile { get; init; }
    }

    public sealed record Given
    {
        [Description("Tokens of all parts; a part without tokens is left out.")]
        public required Splits<TokenShards> Tokens { get; init; }
    }

    public sealed record Made
    {
        [Description("The files, with `meta.json`: the size of the vocabulary, the token that ends each document, and how many tokens and documents each part has.")]
        public required Output<Export> Export { get; init; }
    }

    public override string Name => "export.tokens";
    public override int Version => 1;
    public override string Description => "Writes token shards in the layout of nanoGPT, llm.c or Megatron.";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Layout != TokenLayout.Llmc && with.TokensPerFile is not null) yield return ("tokens_per_file", "goes with layout: llmc; leave it out");
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        // nanoGPT looks for its validation part under this name.
        var validation = with.Layout == TokenLayout.Megatron ? "validation" : "val";
        var parts = new JsonObject();
        TokenShardHeader? last = null;
        foreach (var (name, artifact) in new[] { ("train", inputs.Tokens.Train), (validation, inputs.Tokens.Validation), ("test", inputs.Tokens.Test) })
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using var shard = TokenShard.Open(artifact.Locate("tokens.bin"));
            if (last is not null && !shard.Header.TokenizerSha256.SequenceEqual(last.TokenizerSha256)) throw new StepFailedException("The parts were encoded with different tokenizers: encode them with one.");
            last = shard.Header;
            context.Metric($"{name}.tokens", shard.Header.TokenCount);
            if (shard.Header.TokenCount == 0) continue;
            Write(with, shard, name, outputs.Export);
            parts[name] = new JsonObject { ["tokens"] = shard.Header.TokenCount, ["documents"] = shard.Header.SequenceCount };
        }

        var meta = new JsonObject
        {
            ["layout"] = with.Layout.ToString().ToLowerInvariant(),
            ["vocab_size"] = last!.VocabularySize,
            ["bytes_per_token"] = last.BytesPerToken,
            ["end_of_text"] = last.EndOfText,
            ["tokenizer_sha256"] = Convert.ToHexStringLower(last.TokenizerSha256),
            ["parts"] = parts,
        };
        File.WriteAllText(outputs.Export["meta.json"], meta.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n");
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{with.Layout.ToString().ToLowerInvariant()}, {parts.Count} parts, vocabulary of {last.VocabularySize:N0}");
        return Task.CompletedTask;
    }

    private static void Write(With with, TokenShard shard, string name, Output<Export> export)
    {
        try
        {
            switch (with.Layout)
            {
                case TokenLayout.Nanogpt:
                    TokenLayouts.WriteNanoGpt(shard, export[$"{name}.bin"]);
                    break;
                case TokenLayout.Llmc:
                    TokenLayouts.WriteLlmc(shard, number => export[string.Create(CultureInfo.InvariantCulture, $"{name}_{number:000000}.bin")], with.TokensPerFile ?? DefaultTokensPerFile);
                    break;
                default:
                    TokenLayouts.WriteMegatron(shard, export[$"{name}.bin"], export[$"{name}.idx"]);
                    break;
            }
        }
        catch (InvalidDataException wrong)
        {
            throw new StepFailedException(wrong.Message.Replace(shard.Path, name, StringComparison.Ordinal), wrong);
        }
    }
}
