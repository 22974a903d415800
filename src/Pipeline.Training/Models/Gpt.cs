using Pipeline.Training.Batches;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Models;

/// <summary>A GPT with its parameters, named as Hugging Face's GPT-2 names them; linear weights are [out, in].</summary>
public sealed class Gpt : IDisposable
{
    readonly CompiledScript script;

    public Gpt(GptConfig config, Device? device = null)
    {
        Config = config.Checked();
        Parameters = new FlatParameters(Layout(config), device ?? CPU);
        using var scope = NewDisposeScope();
        Padding = zeros(config.PaddedVocabulary, device: device);
        if (config.PaddedVocabulary > config.Vocabulary)
            Padding.narrow(0, config.Vocabulary, config.PaddedVocabulary - config.Vocabulary).fill_(float.NegativeInfinity);
        Padding.DetachFromDisposeScope();
        Source = GptScript.Of(config);
        script = new CompiledScript(Source);
    }

    public GptConfig Config { get; }

    public FlatParameters Parameters { get; }

    public Device Device => Parameters.Values.device;

    /// <summary>TorchScript of the forward pass, for objectives to add their own functions to.</summary>
    public string Source { get; }

    /// <summary>[padded vocabulary]: 0 for a token, -inf for a padding row. As the output layer's bias it keeps padding out of every softmax.</summary>
    public Tensor Padding { get; }

    /// <summary>A new model, initialised as nanoGPT does: N(0, 0.02), residual projections N(0, 0.02 / sqrt(2 · layers)), biases 0, norms 1.</summary>
    public static Gpt Initialise(GptConfig config, long seed, Device? device = null)
    {
        var model = new Gpt(config, device);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        random.manual_seed(seed);
        foreach (var (name, view) in model.Parameters.Names.Zip(model.Parameters.Views))
        {
            if (name.EndsWith("bias", StringComparison.Ordinal))
                continue;
            if (view.dim() == 1)
                view.fill_(1);
            else
                // Drawn on the CPU, so that every device starts from the same weights.
                view.copy_(randn(view.shape).mul_(name.EndsWith("c_proj.weight", StringComparison.Ordinal) ? 0.02 / Math.Sqrt(2 * config.Layers) : 0.02));
        }
        if (config.PaddedVocabulary > config.Vocabulary)
            model.Parameters.Views[0].narrow(0, config.Vocabulary, config.PaddedVocabulary - config.Vocabulary).zero_();
        return model;
    }

    /// <summary>Names and shapes, in the order in which the script indexes them.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Layout(GptConfig config)
    {
        long width = config.Width;
        var layout = new List<(string, long[])>
        {
            ("transformer.wte.weight", [config.PaddedVocabulary, width]),
            ("transformer.wpe.weight", [config.Context, width]),
        };
        for (var layer = 0; layer < config.Layers; layer++)
        {
            Normalisation($"transformer.h.{layer}.ln_1");
            Linear($"transformer.h.{layer}.attn.c_attn", width, 3 * width);
            Linear($"transformer.h.{layer}.attn.c_proj", width, width);
            Normalisation($"transformer.h.{layer}.ln_2");
            Linear($"transformer.h.{layer}.mlp.c_fc", width, 4 * width);
            Linear($"transformer.h.{layer}.mlp.c_proj", 4 * width, width);
        }
        Normalisation("transformer.ln_f");
        return layout;

        void Linear(string name, long inputs, long outputs) => layout.AddRange([(name + ".weight", [outputs, inputs]), (name + ".bias", [outputs])]);
        void Normalisation(string name) => layout.AddRange([(name + ".weight", [width]), (name + ".bias", [width])]);
    }

    /// <summary>[B, T] ids to [B, T, padded vocabulary] logits, without dropout.</summary>
    public Tensor Logits(Tensor ids) => script.Tensor("logits", Parameters.Views, ids, Padding);

    /// <summary>[B, T] ids to the [B, padded vocabulary] logits of the token after the last one.</summary>
    public Tensor NextLogits(Tensor ids) => script.Tensor("last_logits", Parameters.Views, ids, Padding);

    /// <summary>[B, T] cross-entropies in nats, 0 where nothing is trained; without dropout.</summary>
    public Tensor TokenLosses(TokenBatch batch)
    {
        var (ids, targets, at) = batch.On(Device);
        return script.Tensor("token_losses", Parameters.Views, ids, targets, at, Padding, false);
    }

    public void Dispose()
    {
        script.Dispose();
        Padding.Dispose();
        Parameters.Dispose();
    }
}
