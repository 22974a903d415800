using Pipeline.Ranks;
using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Distributed;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Tests.Families;
using Pipeline.Training.Verification;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Verification;

/// <summary>The invariants hold for every architecture, and each of them can fail: a planted defect is found.</summary>
public sealed class InvariantTests : IDisposable
{
    public static TheoryData<string, string> All => [.. Pairs.All.Select(pair => new TheoryDataRow<string, string>(pair.Architecture, pair.Optimizer))];

    public static TheoryData<string> Optimizers => [.. Pairs.All.Select(pair => pair.Optimizer).Distinct()];

    readonly TemporaryFolder folder = new();
    readonly TokenFile tokens;

    public InvariantTests() => tokens = Small.Tokens(folder);

    public void Dispose()
    {
        tokens.Dispose();
        folder.Dispose();
    }

    [Theory, MemberData(nameof(All))]
    public void All_that_apply_hold(string architecture, string optimizer)
    {
        var trial = Of(architecture, optimizer);
        var findings = Invariants.Check(trial, folder.Path, [("label_smoothing", [trial, trial with { Loss = new() { LabelSmoothing = 0.1 } }])], Turns()).ToList();
        Assert.Equal(Enumerable.Range(1, Invariants.Count), findings.Select(finding => finding.Invariant));
        Assert.DoesNotContain(findings, finding => finding.Holds == false);
        int[] apart = !trial.Config.Causal || trial.Config.Reads.HasFlag(BatchParts.Source) ? [1, 2, 3] : trial.Config.Reads.HasFlag(BatchParts.Segments) ? [2] : [2, 3];
        Assert.Equal(apart, findings.Where(finding => finding.Holds is null).Select(finding => finding.Invariant));
    }

    [Fact]
    public void Also_in_bfloat16() =>
        Assert.DoesNotContain(Invariants.Check(Of("llama") with { Options = Of("llama").Options with { Precision = Precision.Bfloat16 } }, folder.Path, []), finding => finding.Holds == false);

    [Fact]
    public void A_reference_that_is_another_model_is_found() => Broken(1, "should be 0.693147", FirstPreferenceLoss.Check(Of("gpt"), (_, pairs) =>
    {
        using var other = LanguageModel.Initialise(Of("gpt").Config, seed: 2);
        return ReferenceLogProbabilities.Of(other, pairs);
    }));

    [Fact]
    public void Documents_that_see_one_another_are_found() => Broken(3, "nats", PackedDocuments.Check(Of("gpt"), (rows, end) => new Changed(new SeparateDocuments(rows, end), batch =>
    {
        var seeing = new TokenBatch(batch.Rows, batch.Columns);
        batch.Ids.CopyTo(seeing.Ids, 0);
        batch.Targets.CopyTo(seeing.Targets, 0);
        return seeing;
    })));

    [Fact]
    public void A_target_across_a_boundary_is_found() => Broken(3, "2 targets lie across a boundary", PackedDocuments.Check(Of("llama"), (rows, end) => new Changed(new SeparateDocuments(rows, end), batch =>
    {
        for (var at = 0; at + 1 < batch.Targets.Length; at++)
            batch.Targets[at] = batch.Ids[at + 1];
        return batch;
    })));

    [Fact]
    public void A_mean_of_means_is_found() => Broken(4, "differ by", SharedStep.Check(Of("gpt") with { Objective = (model, _) => new MeanOfMeans(model) }));

    [Fact]
    public void Ranks_that_lose_a_sum_are_found() => Broken(4, "other bits than one", SharedStep.Check(Of("gpt"), count => [.. ThreadedRanks.Of(count).Select(rank => new Halving(rank))]));

    [Fact]
    public void Examples_that_depend_on_how_often_they_were_read_are_found()
    {
        var random = new Random(1);
        Broken(5, "other bits", ResumedRun.Check(Of("gpt") with { Examples = new Changed(new TokenWindows(tokens, Small.Context, seed: 1), batch =>
        {
            batch.Ids[0] = random.Next(Small.Vocabulary);
            return batch;
        }) }, folder.Path));
    }

    [Fact]
    public void Dropout_that_is_not_seeded_by_the_step_is_found() =>
        Broken(5, "other bits", ResumedRun.Check(Of("gpt") with { Objective = (model, loss) => new Reseeding(model, loss) }, folder.Path));

    [Fact]
    public void A_weight_that_comes_back_otherwise_is_found() => Broken(6, "other bits in transformer.h.1.ln_2.weight", ExportedModel.Check(Of("gpt"), folder["exported"], path =>
    {
        var model = ModelFolder.Read(path);
        using var noGradient = no_grad();
        model.Parameters["transformer.h.1.ln_2.weight"].add_(1e-6);
        return model;
    }));

    [Theory]
    [InlineData(true, 2, 4, "token 2 (7) is an answer's and not trained")]
    [InlineData(true, 4, 4, "token 4 (3) is the end of an answer and not trained")]
    [InlineData(false, 0, 1, "token 0 (1) is trained and no answer's")]
    [InlineData(true, 0, 9, "is an answer's and not trained")]
    public void A_wrong_mask_is_found(bool unmark, int from, int to, string expected)
    {
        bool[] trained = [false, false, false, true, true];
        int[] ids = [1, 2, 7, 8, 3];
        // <assistant> 7 8 <end>
        trained = [false, false, true, true, true];
        for (var at = from; at <= Math.Min(to, 4); at++)
            trained[at] = !unmark;
        Broken(7, expected, TrainedTurns.Check([Good, new(ids, trained)], assistant: 2, end: 3, Small.Vocabulary));
    }

    static Example Good => new(new[] { 1, 9, 3, 2, 7, 8, 3, 1, 9, 3, 2, 3 }, new[] { false, false, false, false, true, true, true, false, false, false, false, true });

    [Theory, MemberData(nameof(Optimizers))]
    public void An_optimiser_with_another_constant_is_found(string name)
    {
        var (own, rate) = Pairs.Optimizer(name);
        Assert.True(OptimizerFormula.Check(own, rate).Holds);
        OptimizerOptions other = own switch
        {
            AdamWOptions its => its with { Beta2 = 0.96 },
            MuonOptions its => its with { Momentum = 0.94 },
            LionOptions its => its with { Beta1 = 0.8 },
            AdafactorOptions its => its with { DecayExponent = 0.7 },
            LambOptions its => its with { WeightDecay = 0.1 },
            LarsOptions its => its with { Trust = 0.11 },
            SgdOptions its => its with { Nesterov = false },
            _ => throw new ArgumentException(name),
        };
        Broken(8, "from the formula", OptimizerFormula.Check(own, rate, other.Create));
    }

    [Fact]
    public void An_option_that_is_set_and_ignored_is_found()
    {
        var smoothed = Of("gpt") with { Loss = new() { LabelSmoothing = 0.1 } };
        (string, IReadOnlyList<Trial>)[] others = [("objective.label_smoothing", [smoothed with { Loss = new() }]), ("seed", [smoothed with { Options = smoothed.Options with { Seed = 8 } }]), ("model.variational", [])];
        var read = OptionsRead.Check(smoothed, others);
        Assert.True(read.Holds, read.Figures);
        Assert.EndsWith("; not judged, as others need them: model.variational", read.Figures, StringComparison.Ordinal);
        Trial Deaf(Trial trial) => trial with { Objective = (model, _) => new NextToken(model) };
        Broken(9, "another value of objective.label_smoothing gives the same bits", OptionsRead.Check(Deaf(smoothed), [("objective.label_smoothing", [Deaf(smoothed with { Loss = new() })]), .. others[1..]]));
    }

    static void Broken(int invariant, string expected, Finding finding)
    {
        Assert.Equal((invariant, (bool?)false), (finding.Invariant, finding.Holds));
        Assert.Contains(expected, finding.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"invariant {invariant} (", finding.ToString(), StringComparison.Ordinal);
    }

    static Finding Turns() => TrainedTurns.Check([Good, Good], assistant: 2, end: 3, Small.Vocabulary);

    Trial Of(string architecture, string optimizer = "adamw")
    {
        var config = Pairs.Architecture(architecture, dropout: 0.2);
        var (its, rate) = Pairs.Optimizer(optimizer);
        var options = Small.Options(20) with { Batch = 8, MicroBatch = 2, Optimizer = its, LearningRate = new() { Peak = rate, WarmUp = 3 }, AverageDecay = 0.9 };
        return new(config, options, Family.Examples(config, tokens));
    }

    /// <summary>Rows as something changes them.</summary>
    sealed class Changed(IExamples<TokenBatch> rows, Func<TokenBatch, TokenBatch> change) : IExamples<TokenBatch>
    {
        public long Count => rows.Count;

        public TokenBatch Read(ReadOnlySpan<Place> places) => change(rows.Read(places));
    }

    /// <summary>The mean of a micro-batch counts as one, however many targets it has.</summary>
    sealed class MeanOfMeans(LanguageModel model) : Objective<TokenBatch>
    {
        readonly NextToken own = new(model);

        public override LanguageModel Model => own.Model;

        public override double Weight(TokenBatch batch) => batch.Rows;

        public override long Tokens(TokenBatch batch) => own.Tokens(batch);

        public override Tensor Sums(TokenBatch batch, bool training) => own.Sums(batch, training) * (batch.Rows / batch.Weight);

        public override void Dispose() => own.Dispose();
    }

    /// <summary>Draws its dropout from a seed of its own.</summary>
    sealed class Reseeding(LanguageModel model, TokenLossOptions loss) : Objective<TokenBatch>
    {
        readonly NextToken own = new(model, loss);
        long calls;

        public override LanguageModel Model => own.Model;

        public override double Weight(TokenBatch batch) => own.Weight(batch);

        public override long Tokens(TokenBatch batch) => own.Tokens(batch);

        public override Tensor Sums(TokenBatch batch, bool training)
        {
            random.manual_seed(++calls);
            return own.Sums(batch, training);
        }

        public override void Dispose() => own.Dispose();
    }

    /// <summary>Keeps half of what the other rank gave.</summary>
    sealed class Halving(ICollective own) : ICollective
    {
        public int Rank => own.Rank;

        public int Size => own.Size;

        public void SumShards(Tensor total, IReadOnlyList<Tensor> subtrees, int shards)
        {
            own.SumShards(total, subtrees, shards);
            using var noGradient = no_grad();
            total.mul_(0.5);
        }

        public void AllReduceSum(Span<double> values) => own.AllReduceSum(values);

        public void Broadcast(Tensor tensor, int root) => own.Broadcast(tensor, root);

        public void Barrier() => own.Barrier();

        public void Dispose() => own.Dispose();
    }
}
