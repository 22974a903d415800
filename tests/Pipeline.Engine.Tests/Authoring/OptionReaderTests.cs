using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Tests.Authoring;

public class OptionReaderTests
{
    private sealed record With
    {
        [Description("Tokens."), Range(257, 1_000_000)]
        public int VocabSize { get; init; } = 32_000;

        [Range(0, 1)]
        public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.95];

        [Choices("bold", "plain")]
        public IReadOnlyList<string> Styles { get; init; } = [];

        [Range(1)]
        public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

        [Choices("a", "b")]
        public string? Word { get; init; }

        public double Rate { get; init; } = 3e-4;
    }

    private static Option Read(string name) => OptionReader.Read(typeof(With)).Members.Single(m => m.Name == name);

    [Fact]
    public void Bounds_on_a_list_or_mapping_are_about_what_it_holds()
    {
        Assert.Equal((OptionKind.List, OptionKind.Number, 1.0), (Read("betas").Kind, Read("betas").Element!.Kind, Read("betas").Element!.Maximum));
        Assert.Equal((OptionKind.List, OptionKind.Choice), (Read("styles").Kind, Read("styles").Element!.Kind));
        Assert.Equal((OptionKind.Map, 1.0), (Read("weights").Kind, Read("weights").Element!.Minimum));
        Assert.Equal(["a", "b"], Read("word").Choices);
    }

    [Theory]
    [InlineData("vocab_size", "integer, 257 to 1,000,000, default 32,000")]
    [InlineData("betas", "a list of number")]
    [InlineData("styles", "a list of one of bold, plain")]
    [InlineData("word", "one of a, b")]
    [InlineData("rate", "number, default 0.0003")]
    public void An_option_describes_itself(string name, string words) => Assert.Equal(words, Read(name).Describe());

    private sealed record TwoHorizons
    {
        [Horizon]
        public long Steps { get; init; }

        [Horizon]
        public long Epochs { get; init; }
    }

    private sealed record OddHorizon
    {
        [Horizon]
        public double Hours { get; init; }
    }

    [Fact]
    public void A_horizon_is_one_integer()
    {
        Assert.Contains("one option at most is a horizon", Assert.Throws<NotSupportedException>(() => OptionReader.Read(typeof(TwoHorizons))).Message, StringComparison.Ordinal);
        Assert.Contains("a horizon is an integer", Assert.Throws<NotSupportedException>(() => OptionReader.Read(typeof(OddHorizon))).Message, StringComparison.Ordinal);
    }
}
