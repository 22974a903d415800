using Pipeline.Training.Batches;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Models;

/// <summary>A model of any family with its parameters.</summary>
public sealed class LanguageModel : IDisposable
{
    /// <summary>What every family's script is followed by: the losses over what it computes. <c>at</c> are the places with a target, the only ones that the output layer
    /// is computed at: for short answers to long questions that is most of the time saved.</summary>
    const string Losses = """

        def logits(w: List[Tensor], inputs: List[Tensor], padding: Tensor) -> Tensor:
            return project(w, hidden(w, inputs, False), padding)

        def last_logits(w: List[Tensor], inputs: List[Tensor], padding: Tensor) -> Tensor:
            return project(w, hidden(w, inputs, False).select(1, -1), padding)

        def losses_at(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor, reduction: int) -> Tensor:
            x, y = x.flatten(0, 1), targets.flatten()
            if at.numel() < y.numel():
                x, y = x.index_select(0, at), y.index_select(0, at)
            return torch.cross_entropy_loss(project(w, x, padding).float(), y, None, reduction, -100, 0.0)

        def summed_loss(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor) -> Tensor:
            return losses_at(w, x, targets, at, padding, 2)

        def token_losses(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor) -> Tensor:
            losses = losses_at(w, x, targets, at, padding, 0)
            return torch.zeros([targets.numel()], dtype=losses.dtype, device=losses.device).index_copy(0, at, losses).view(targets.size())
        """;

    readonly CompiledScript script;

    public LanguageModel(ModelConfig config, Device? device = null)
    {
        config.Check();
        Config = config;
        Parameters = new FlatParameters(config.Layout(), device ?? CPU);
        using var scope = NewDisposeScope();
        Padding = zeros(config.PaddedVocabulary, device: device);
        if (config.PaddedVocabulary > config.Vocabulary)
            Padding.narrow(0, config.Vocabulary, config.PaddedVocabulary - config.Vocabulary).fill_(float.NegativeInfinity);
        Padding.DetachFromDisposeScope();
        Source = config.Script() + "\n" + Losses;
        script = new CompiledScript(Source);
    }

    public ModelConfig Config { get; }

    public FlatParameters Parameters { get; }

    public Device Device => Parameters.Values.device;

    /// <summary>TorchScript of the forward pass, for objectives to add their own functions to.</summary>
    public string Source { get; }

    /// <summary>[padded vocabulary]: 0 for a token, -inf for a padding row. As the output layer's bias it keeps padding out of every softmax.</summary>
    public Tensor Padding { get; }

    /// <summary>The share of zeros among the weights of the parameters that a pruning mask holds, without rows that only pad the vocabulary; null where no mask is held.</summary>
    public double? Sparsity
    {
        get
        {
            if (Parameters.Held.Count == 0)
                return null;
            using var scope = NewDisposeScope();
            var rows = Parameters.Layout.Where(each => each.VocabularyRows).Select(each => each.Name).ToHashSet(StringComparer.Ordinal);
            var weights = Parameters.Held.Select(name => rows.Contains(name) ? Parameters[name].detach().narrow(0, 0, Config.Vocabulary) : Parameters[name].detach()).ToList();
            return weights.Sum(each => each.eq(0).sum().item<long>()) / (double)weights.Sum(each => each.numel());
        }
    }

    /// <summary>A new model, its parameters drawn as its family's layout says.</summary>
    public static LanguageModel Initialise(ModelConfig config, long seed, Device? device = null)
    {
        var model = new LanguageModel(config, device);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        random.manual_seed(seed);
        foreach (var (parameter, view) in config.Layout().Zip(model.Parameters.Views))
        {
            if (parameter.Initial.Deviation == 0)
                view.fill_(parameter.Initial.Mean);
            else
                // Drawn on the CPU, so that every device starts from the same weights.
                view.copy_(randn(view.shape).mul_(parameter.Initial.Deviation));
            if (parameter.VocabularyRows)
                view.narrow(0, config.Vocabulary, config.PaddedVocabulary - config.Vocabulary).zero_();
        }
        return model;
    }

    /// <summary>[B, T] ids to [B, T, padded vocabulary] logits, without dropout.</summary>
    public Tensor Logits(Tensor ids) => script.Tensor("logits", Parameters.Views, TokenBatch.Inputs(ids), Padding);

    /// <summary>[B, T] ids to the [B, padded vocabulary] logits of the token after the last one.</summary>
    public Tensor NextLogits(Tensor ids) => script.Tensor("last_logits", Parameters.Views, TokenBatch.Inputs(ids), Padding);

    /// <summary>As <see cref="NextLogits(Tensor)"/>, the first tokens of each row, as many as <paramref name="prefix"/> [B] says, seen from every place; after the <paramref name="source"/> [B, S] of an encoder.</summary>
    public Tensor NextLogits(Tensor ids, Tensor? prefix, Tensor? source) => script.Tensor("last_logits", Parameters.Views, TokenBatch.Inputs(ids, prefix: prefix, source: source), Padding);

    /// <summary>As <see cref="NextLogits(Tensor)"/> of what the cache has seen and these ids after it, which it then has seen too.</summary>
    /// <param name="ids">[B, T].</param>
    /// <param name="cache">Of as many rows.</param>
    /// <param name="starts">[B], where each row begins, the places before being padding; null where all rows begin at 0.</param>
    /// <param name="prefix">[B], where the part of each row ends that is seen from every place of it; null where there is none.</param>
    internal Tensor NextLogits(Tensor ids, KeyValueCache cache, Tensor? starts, Tensor? prefix)
    {
        var inputs = TokenBatch.Inputs(ids, prefix: prefix);
        var logits = script.Tensor("advance", Parameters.Views, inputs, starts ?? inputs[1], cache.Tensors, cache.Length, Padding);
        cache.Length += (int)ids.size(1);
        return logits;
    }

    /// <summary>[B, T] cross-entropies in nats, 0 where nothing is trained; without dropout.</summary>
    public Tensor TokenLosses(TokenBatch batch)
    {
        var (inputs, targets, at) = batch.On(Device);
        return script.Tensor("token_losses", Parameters.Views, Hidden(inputs, training: false), targets, at, Padding);
    }

    /// <summary>[B, T, C] of what the output layer reads: what objectives are computed from.</summary>
    /// <param name="inputs">As in <see cref="TokenBatch.On"/>.</param>
    /// <param name="training">With dropout; and with what is needed backward computed again where a trainer asked for that.</param>
    public Tensor Hidden(Tensor[] inputs, bool training) =>
        training && Recomputation is { } recomputation ? recomputation.Hidden(inputs) : script.Tensor("hidden", Parameters.Views, inputs, training);

    internal Recomputation? Recomputation { get; set; }

    internal Tensor Segment(Tensor[] inputs, Tensor[] kept, int number) => script.Tensor("segment", Parameters.Views, inputs, kept, number, true);

    public void Dispose()
    {
        script.Dispose();
        Padding.Dispose();
        Parameters.Dispose();
    }
}
