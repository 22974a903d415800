using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Verification;

namespace Pipeline.Training.Tests;

/// <summary>Each optimiser beside its paper's formulas in double precision, element by element, with constants that are not its defaults.</summary>
public sealed class OptimizerTests
{
    static readonly Dictionary<string, OptimizerOptions> All = new()
    {
        ["adamw"] = new AdamWOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.3 },
        ["sgd"] = new SgdOptions { WeightDecay = 0.1 },
        ["sgd, nesterov"] = new SgdOptions { Nesterov = true, WeightDecay = 0.1 },
        ["sgd without momentum"] = new SgdOptions { Momentum = 0, WeightDecay = 0.1 },
        ["lion"] = new LionOptions { Beta1 = 0.8, Beta2 = 0.95, WeightDecay = 0.5 },
        ["lamb"] = new LambOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-4, WeightDecay = 0.3 },
        ["lars"] = new LarsOptions { Momentum = 0.8, Trust = 0.5, WeightDecay = 0.3 },
        ["adafactor"] = new AdafactorOptions { DecayExponent = 0.7, UpdateClip = 0.5, Epsilon = 1e-3, LeastScale = 0.1, WeightDecay = 0.3 },
        ["muon"] = new MuonOptions { Momentum = 0.9, WeightDecay = 0.3, RestRate = 0.5, Rest = new AdamWOptions { Beta1 = 0.8, WeightDecay = 0.2 } },
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void An_optimiser_equals_its_paper(string name)
    {
        var finding = OptimizerFormula.Check(All[name], rate: 0.01);
        Assert.True(finding.Holds, finding.ToString());
    }

    [Fact]
    public void A_lookup_table_is_no_hidden_matrix()
    {
        var layout = new GptConfig(50, 16, Layers: 1, Heads: 2, Width: 8).Layout();
        Assert.Equal(["c_attn", "c_proj", "c_fc", "c_proj"], layout.Where(each => each.Hidden).Select(each => each.Name.Split('.')[^2]));
    }

    [Theory, MemberData(nameof(Families.Family.All), MemberType = typeof(Families.Family))]
    public void No_family_has_an_embedding_among_its_hidden_matrices(string family)
    {
        var hidden = Families.Family.Config(family).Layout().Where(each => each.Hidden).Select(each => each.Name).ToArray();
        Assert.NotEmpty(hidden);
        Assert.DoesNotContain(hidden, name => name.Contains("wpe", StringComparison.Ordinal) || name.Contains("wte", StringComparison.Ordinal) || name.Contains("embedding", StringComparison.Ordinal));
    }
}
