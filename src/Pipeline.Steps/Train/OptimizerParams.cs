using System.ComponentModel;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Optimizers;

namespace Pipeline.Steps.Train;

/// <summary>Which optimiser, and its constants: null where the optimiser's own default holds, and wherever it reads none.</summary>
public sealed record OptimizerParams
{
    [Description("`adamw`, `muon` (orthogonal steps for hidden matrices, AdamW for embeddings, the output layer and vectors), `lion`, `adafactor`, `lamb`, `lars` or `sgd`. An option below that it does not read is refused.")]
    [Choices("adamw", "muon", "lion", "adafactor", "lamb", "lars", "sgd")]
    public string Name { get; init; } = "adamw";

    [Description("The highest learning rate, reached after the warm-up. Null: adamw 0.001, muon 0.02, lion 0.0001, adafactor 0.01 (a share of each tensor's own scale), lamb 0.002, lars 1 (times trust and each tensor's norm), sgd 0.1.")]
    [Engine.Authoring.Range(1e-12, 100)]
    [KnownElsewhereAs("lr", "max_lr", "peak_lr")]
    public double? LearningRate { get; init; }

    [Description("The highest learning rate of what muon leaves to AdamW. Null: 0.001.")]
    [Engine.Authoring.Range(1e-12, 100)]
    public double? AdamLearningRate { get; init; }

    [Description("Decay of the mean of gradients; lion: its share in the update. Read by adamw, muon (for AdamW), lion and lamb. Null: 0.9.")]
    [Engine.Authoring.Range(0, 0.999999)]
    public double? Beta1 { get; init; }

    [Description("Decay of the mean of squared gradients; lion: of its momentum. Null: adamw and muon (for AdamW) 0.95, lion 0.99, lamb 0.999.")]
    [Engine.Authoring.Range(0, 0.999999)]
    public double? Beta2 { get; init; }

    [Description("Momentum of muon (always Nesterov's), lars and sgd. Null: muon 0.95, lars and sgd 0.9.")]
    [Engine.Authoring.Range(0, 0.999999)]
    public double? Momentum { get; init; }

    [Description("Whether sgd looks ahead along its momentum. Null: no.")]
    public bool? Nesterov { get; init; }

    [Description("Added to the denominator. Null: adamw and muon (for AdamW) 1e-8, lamb 1e-6; adafactor adds it to squared gradients, 1e-30.")]
    [Engine.Authoring.Range(1e-37, 1)]
    public double? Epsilon { get; init; }

    [Description("Weight decay, on matrices and embeddings only; decoupled, but part of the gradient with lars and sgd. Null: adamw 0.1, muon 0.01 (0.1 for AdamW), lion 1, lamb 0.01, lars 0.0001, adafactor and sgd 0.")]
    [Engine.Authoring.Range(0, 10)]
    [KnownElsewhereAs("wd")]
    public double? WeightDecay { get; init; }

    [Description("lars: how far a tensor moves, as a share of its norm, at a rate of 1. Null: 0.001.")]
    [Engine.Authoring.Range(1e-9, 100)]
    public double? Trust { get; init; }

    [Description("adafactor: the second moment's decay at step t is 1 - t^-decay_exponent. Null: 0.8.")]
    [Engine.Authoring.Range(0.01, 2)]
    public double? DecayExponent { get; init; }

    [Description("adafactor: the greatest root mean square of an update. Null: 1.")]
    [Engine.Authoring.Range(1e-6, 1e6)]
    public double? UpdateClip { get; init; }

    [Description("adafactor: the least root mean square that a tensor counts as having. Null: 0.001.")]
    [Engine.Authoring.Range(1e-12, 1)]
    public double? LeastScale { get; init; }

    [Description("The greatest norm of the whole gradient; null does not clip.")]
    [Engine.Authoring.Range(1e-6)]
    [KnownElsewhereAs("grad_clip", "max_grad_norm", "gradient_clipping", "gradient_clip_val")]
    public double? Clip { get; init; } = 1.0;

    internal double Rate => LearningRate ?? Name switch { "muon" => 0.02, "lion" => 1e-4, "adafactor" => 0.01, "lamb" => 0.002, "lars" => 1, "sgd" => 0.1, _ => 1e-3 };

    internal OptimizerOptions Options
    {
        get
        {
            var adamw = new AdamWOptions();
            adamw = adamw with { Beta1 = Beta1 ?? adamw.Beta1, Beta2 = Beta2 ?? adamw.Beta2, Epsilon = Epsilon ?? adamw.Epsilon, WeightDecay = WeightDecay ?? adamw.WeightDecay };
            var (muon, lion, adafactor, lamb, lars, sgd) = (new MuonOptions(), new LionOptions(), new AdafactorOptions(), new LambOptions(), new LarsOptions(), new SgdOptions());
            return Name switch
            {
                "adamw" => adamw,
                "muon" => muon with { Momentum = Momentum ?? muon.Momentum, WeightDecay = WeightDecay ?? muon.WeightDecay, RestRate = (AdamLearningRate ?? 1e-3) / Rate, Rest = adamw },
                "lion" => lion with { Beta1 = Beta1 ?? lion.Beta1, Beta2 = Beta2 ?? lion.Beta2, WeightDecay = WeightDecay ?? lion.WeightDecay },
                "adafactor" => new AdafactorOptions
                {
                    DecayExponent = DecayExponent ?? adafactor.DecayExponent,
                    UpdateClip = UpdateClip ?? adafactor.UpdateClip,
                    Epsilon = Epsilon ?? adafactor.Epsilon,
                    LeastScale = LeastScale ?? adafactor.LeastScale,
                    WeightDecay = WeightDecay ?? adafactor.WeightDecay,
                },
                "lamb" => new LambOptions { Beta1 = Beta1 ?? lamb.Beta1, Beta2 = Beta2 ?? lamb.Beta2, Epsilon = Epsilon ?? lamb.Epsilon, WeightDecay = WeightDecay ?? lamb.WeightDecay },
                "lars" => new LarsOptions { Momentum = Momentum ?? lars.Momentum, Trust = Trust ?? lars.Trust, WeightDecay = WeightDecay ?? lars.WeightDecay },
                "sgd" => new SgdOptions { Momentum = Momentum ?? sgd.Momentum, Nesterov = Nesterov ?? sgd.Nesterov, WeightDecay = WeightDecay ?? sgd.WeightDecay },
                _ => throw new InvalidOperationException($"There is no optimizer '{Name}'."),
            };
        }
    }

    internal IEnumerable<(string Option, string Message)> Problems()
    {
        (string Option, bool Given, string[] Readers)[] all =
        [
            ("adam_learning_rate", AdamLearningRate is not null, ["muon"]),
            ("beta1", Beta1 is not null, ["adamw", "muon", "lion", "lamb"]),
            ("beta2", Beta2 is not null, ["adamw", "muon", "lion", "lamb"]),
            ("momentum", Momentum is not null, ["muon", "lars", "sgd"]),
            ("nesterov", Nesterov is not null, ["sgd"]),
            ("epsilon", Epsilon is not null, ["adamw", "muon", "adafactor", "lamb"]),
            ("trust", Trust is not null, ["lars"]),
            ("decay_exponent", DecayExponent is not null, ["adafactor"]),
            ("update_clip", UpdateClip is not null, ["adafactor"]),
            ("least_scale", LeastScale is not null, ["adafactor"]),
        ];
        foreach (var (option, given, readers) in all)
        {
            if (given && !readers.Contains(Name)) yield return (option, $"is not read by {Name}, only by {string.Join(", ", readers)}: leave it out");
        }

        if (Name == "sgd" && Nesterov == true && Momentum == 0) yield return ("nesterov", "needs a momentum above 0");
    }
}
