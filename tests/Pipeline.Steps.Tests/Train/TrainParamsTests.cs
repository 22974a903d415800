using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.Tests.Train;

public sealed class TrainParamsTests
{
    private static IEnumerable<string> Problems(string with) => Read(with).Select(p => p.Message);

    private static IEnumerable<string> Remedies(string with) => Read(with).Select(p => p.Remedy ?? "");

    private static IEnumerable<Problem> Read(string with) =>
        DefinitionReader.ReadText($"name: p\nsteps:\n  t: {{ uses: train.pretrain, inputs: {{ tokens: x, tokenizer: y }}, with: {{ {with} }} }}\n", "p.yaml", BuiltInSteps.Catalog(), new ReadOptions()).Problems;

    [Theory]
    [InlineData("schedule: { name: constant, decay_until: 9 }", "is not read by the constant schedule")]
    [InlineData("schedule: { warmup: 10, decay_until: 9 }", "a warm-up of 10 steps is longer than the schedule, which ends at step 9")]
    [InlineData("steps: 9, schedule: { warmup: 10 }", "a warm-up of 10 steps is longer than the 9 steps of the run")]
    [InlineData("schedule: { decay_until: 0 }", "'schedule.decay_until' of train.pretrain cannot be 0")]
    public void A_schedule_that_contradicts_itself_is_refused(string with, string message) => Assert.Contains(Problems(with), problem => problem.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("schedule: { name: inverse_sqrt, final_learning_rate: 0.0001 }", "is not read by the inverse_sqrt schedule")]
    [InlineData("schedule: { decay_share: 0.1 }", "is read by the wsd schedule only")]
    [InlineData("schedule: { name: linear, decay_shape: sqrt }", "is read by the wsd schedule only")]
    [InlineData("steps: 100, schedule: { name: wsd, warmup: 90 }", "begins at step 80 of 100")]
    [InlineData("optimizer: { momentum: 0.9 }", "is not read by adamw, only by muon, lars, sgd")]
    [InlineData("optimizer: { name: lion, epsilon: 0.1 }", "is not read by lion")]
    [InlineData("optimizer: { name: muon, nesterov: true }", "is not read by muon, only by sgd")]
    [InlineData("optimizer: { name: sgd, nesterov: true, momentum: 0 }", "needs a momentum above 0")]
    [InlineData("optimizer: { name: sgd, beta1: 0.9 }", "is not read by sgd")]
    [InlineData("optimizer: { name: adafactor, trust: 0.9 }", "is not read by adafactor, only by lars")]
    public void An_option_that_nothing_reads_is_refused_by_name(string with, string message) => Assert.Contains(Problems(with), problem => problem.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("optimizer: { name: muon, momentum: 0.9, adam_learning_rate: 0.002, beta1: 0.8 }, schedule: { name: wsd, decay_share: 0.1, decay_shape: sqrt }")]
    [InlineData("optimizer: { name: sgd, nesterov: true }, schedule: { name: inverse_sqrt, warmup: 10 }")]
    [InlineData("optimizer: { name: adafactor, update_clip: 2 }")]
    [InlineData("optimizer: { name: lars, trust: 0.01 }")]
    [InlineData("optimizer: { name: lamb, epsilon: 0.01 }")]
    [InlineData("optimizer: { name: lion, weight_decay: 0.5 }")]
    [InlineData("trainable: { freeze: [\"*.wte.*\"], layer_decay: 0.9 }, average: { decay: 0.99 }, monitor: true")]
    public void Each_optimiser_and_schedule_can_be_chosen(string with) => Assert.DoesNotContain(Problems(with), problem => problem.Contains("optimizer", StringComparison.Ordinal) || problem.Contains("schedule", StringComparison.Ordinal) || problem.Contains("read by", StringComparison.Ordinal));

    [Theory, InlineData("steps: 9, schedule: { warmup: 10, decay_until: 20 }"), InlineData("steps: 30, schedule: { decay_until: 20 }")]
    public void A_run_may_be_shorter_or_longer_than_its_schedule(string with) => Assert.DoesNotContain(Problems(with), problem => problem.Contains("schedule", StringComparison.Ordinal) || problem.Contains("warm-up", StringComparison.Ordinal));

    [Theory]
    [InlineData("model: { window: 9 }", "model.window", "is not read by gpt, only by llama")]
    [InlineData("model: { tied: true }", "model.tied", "is not read by gpt, only by llama, lstm, gru")]
    [InlineData("model: { architecture: lstm, heads: 4 }", "model.heads", "is not read by lstm, only by gpt, llama, encoder-decoder, hybrid, bert")]
    [InlineData("model: { architecture: gru, positions: rope }", "model.positions", "is not read by gru, only by gpt, llama")]
    [InlineData("model: { architecture: encoder-decoder, variational: true }", "model.variational", "is not read by encoder-decoder, only by lstm, gru, hybrid")]
    [InlineData("model: { architecture: gru, variational: true }", "model.variational", "dropout is 0; raise it, or leave variational out")]
    [InlineData("model: { architecture: bert, heads: 3 }", "model.heads", "3 does not divide the width of 128")]
    [InlineData("model: { architecture: bert }, objective: { name: causal }", "objective.name", "causal is for models that do not see what they are to predict")]
    [InlineData("objective: { name: masked }", "objective.name", "gpt sees what stands before it alone: choose bert")]
    [InlineData("model: { architecture: hybrid }, objective: { name: prefix }", "objective.name", "choose sequence_to_sequence or span_corruption")]
    [InlineData("objective: { mask_share: 0.2 }", "objective.mask_share", "is read by objective masked alone")]
    [InlineData("model: { architecture: bert }, objective: { mean_span: 4 }", "objective.mean_span", "is read by objective span_corruption alone")]
    [InlineData("model: { architecture: bert }, documents: separate", "documents", "is read by objective causal alone")]
    [InlineData("model: { architecture: lstm }, documents: separate", "documents", "lstm cannot keep documents apart")]
    [InlineData("model: { rope_theta: 9 }", "model.rope_theta", "is read with positions rope alone")]
    [InlineData("model: { architecture: llama, positions: alibi, rope_scaling: { factor: 2 } }", "model.rope_scaling", "is read with positions rope alone")]
    [InlineData("model: { architecture: llama, rope_scaling: { factor: 2, low_frequency: 2 } }", "model.rope_scaling.low_frequency", "is not read by type linear, only by llama3")]
    [InlineData("model: { architecture: llama, positions: learned }", "model.positions", "learned positions are gpt's")]
    [InlineData("model: { architecture: llama, heads: 4, key_value_heads: 3 }", "model.key_value_heads", "4 heads cannot share 3 key-value heads")]
    [InlineData("model: { architecture: llama, head_width: 5 }", "model.head_width", "choose an even one")]
    [InlineData("model: { positions: rope, heads: 4, width: 36 }", "model.heads", "the head width is 9")]
    [InlineData("model: { width: 30 }", "model.heads", "4 (the default) does not divide the width of 30")]
    [InlineData("model: { layers: 1 }, trainable: { freeze: ['*.h.1.*'] }", "trainable.freeze", "No parameter to freeze matches '*.h.1.*'")]
    [InlineData("trainable: { freeze: ['*'] }, model: { layers: 1 }", "trainable.freeze", "Every parameter is frozen by *")]
    [InlineData("model: { heads: 3 }", "model.heads", "3 does not divide the width of 128")]
    public void A_model_option_that_the_architecture_does_not_read_is_refused_by_name(string with, string option, string message) =>
        Assert.Contains(Problems(with), problem => problem.Contains($"'{option}'", StringComparison.Ordinal) && problem.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.Equal(["'batch.micro'", "'documents'", "'model.heads'", "'model.window'", "'objective.name'"], Problems("model: { heads: 3, window: 9 }, batch: { sequences: 10, micro: 4 }, objective: { name: masked }, documents: separate").Where(problem => problem.Contains("of train.pretrain", StringComparison.Ordinal)).Select(problem => problem.Split(' ')[0]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("lr: 1", "optimizer.learning_rate")]
    [InlineData("optimizer: { lr: 1 }", "learning_rate")]
    [InlineData("num_train_epochs: 1", "steps")]
    [InlineData("gradient_accumulation_steps: 4", "batch.micro")]
    [InlineData("gradient_checkpointing: true", "activation_checkpointing")]
    [InlineData("model: { n_embd: 64 }", "width")]
    [InlineData("model: { block_size: 64 }", "context")]
    [InlineData("device: gpu", "cuda")]
    [InlineData("precision: bf16", "bfloat16")]
    [InlineData("model: { architecture: mistral }", "llama")]
    [InlineData("objective: { name: mlm }", "masked")]
    public void A_name_from_another_trainer_is_answered_with_ours(string with, string meant) =>
        Assert.Contains(Remedies(with), remedy => remedy.StartsWith($"did you mean '{meant}'?", StringComparison.Ordinal));

    [Theory]
    [InlineData("model: { architecture: llama, heads: 5, head_width: 16, key_value_heads: 1, hidden: 200, window: 40, norm_epsilon: 1e-6, attention_bias: true, tied: false, rope_theta: 5e5, rope_scaling: { type: llama3, factor: 8 } }")]
    [InlineData("model: { positions: rope, rope_theta: 500, embedding_dropout: 0.1 }, documents: separate")]
    [InlineData("model: { architecture: llama, positions: alibi }")]
    [InlineData("model: { architecture: lstm, layers: 2, tied: false, dropout: 0.1, variational: true }, objective: { label_smoothing: 0.1, z_loss: 1e-4 }")]
    [InlineData("model: { architecture: hybrid, decoder: gru, encoder_layers: 1, heads: 8 }, objective: { name: span_corruption, mean_span: 4, span_density: 0.2 }")]
    [InlineData("model: { architecture: encoder-decoder, encoder_layers: 1 }")]
    [InlineData("model: { architecture: bert, hidden: 200, norm_epsilon: 1e-5 }, objective: { mask_share: 0.2, whole_words: true }")]
    [InlineData("objective: { name: prefix }")]
    public void A_model_option_that_is_read_is_taken(string with) => Assert.DoesNotContain(Problems(with), problem => problem.Contains("model", StringComparison.Ordinal) || problem.Contains("documents", StringComparison.Ordinal) || problem.Contains("objective", StringComparison.Ordinal));

    [Theory]
    [InlineData("", "", 2)]
    [InlineData(", with: { threads: 1 }", "", 1)]
    [InlineData(", with: { threads: 3 }", ", resources: { ranks: 2 }", 6)]
    [InlineData(", with: { threads: 3 }", ", resources: { cpus: 1 }", 1)]
    public void A_training_sets_aside_a_cpu_for_each_of_its_threads(string with, string resources, int cpus)
    {
        var read = DefinitionReader.ReadText($"name: p\nsteps:\n  d: {{ uses: collect.files, with: {{ paths: [x] }} }}\n  k: {{ uses: tokenizer.train-words, inputs: {{ documents: d }} }}\n  s: {{ uses: partition.split, inputs: {{ documents: d }} }}\n  e: {{ uses: tokenizer.encode, inputs: {{ split: s, tokenizer: k }} }}\n  t: {{ uses: train.pretrain, inputs: {{ tokens: e, tokenizer: k }}{with}{resources} }}\n", "p.yaml", BuiltInSteps.Catalog(), new ReadOptions());
        Assert.Empty(read.Problems);
        Assert.Equal(cpus, read.Definition!.Steps.Single(step => step.Id == "t").Resources.Cpus);
    }
}
