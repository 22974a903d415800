using Pipeline.Cli.Screens;

namespace Pipeline.Cli.Tests;

public sealed class FiguresTests
{
    private static readonly string[] Models = ["pretrain", "finetune", "align", "distributed"];

    [Fact]
    public void Each_figure_is_a_row_of_one_format_with_a_column_a_model_inside_80_cells()
    {
        var lines = Figures.Table(Measured(Models), Models).ToList();
        Assert.All(lines, l => Assert.True(l.TrimEnd().Length <= 80, l));
        Assert.Equal("  held out              baseline  pretrain  finetune   align  distributed", lines[0]);
        Assert.Equal("    perplexity             503.2      89.3      90.3    91.3         92.3", lines[2]);
        Assert.Contains("    accuracy              54.1 %    60.0 %    61.0 %  62.0 %       63.0 %", lines);
        Assert.DoesNotContain(lines, l => l.Contains("loss", StringComparison.Ordinal));
        Assert.Contains("tuned models", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Many_models_take_several_blocks()
    {
        var many = Enumerable.Range(0, 20).Select(i => $"model-{i}").ToList();
        var lines = Figures.Table(Measured(many), many).ToList();
        Assert.All(lines, l => Assert.True(l.TrimEnd().Length <= 80, l));
        Assert.All(many, m => Assert.Contains(lines, l => l.Contains(m, StringComparison.Ordinal)));
    }

    private static Dictionary<string, double> Measured(IReadOnlyList<string> models)
    {
        var metrics = new Dictionary<string, double> { ["unigram.test.perplexity"] = 503.17, ["unigram.test.loss"] = 6.2, ["unigram.test.bits_per_byte"] = 2.41, ["floor.preference.accuracy"] = 0.541, ["test.perplexity"] = 1 };
        foreach (var (model, i) in models.Select((m, i) => (m, i)))
        {
            metrics[$"{model}.test.perplexity"] = 89.271 + i;
            metrics[$"{model}.test.loss"] = 4;
            metrics[$"{model}.test.bits_per_byte"] = 1.5;
            metrics[$"{model}.answer.perplexity"] = 20 - i;
            metrics[$"{model}.preference.accuracy"] = 0.6 + (i * 0.01);
            metrics[$"{model}.preference.accuracy_per_token"] = 0.77575;
            metrics[$"{model}.preference.margin"] = -0.56;
        }

        return metrics;
    }
}
