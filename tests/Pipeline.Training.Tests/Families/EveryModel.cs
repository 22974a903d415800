using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Families;

/// <summary>A small model of every family, decoders of every kind among them, with dropout where the name does not say otherwise.</summary>
static class EveryModel
{
    const double Dropout = 0.2;

    static readonly Dictionary<string, ModelConfig> Models = new(Small.Decoders
        .Select(each => KeyValuePair.Create(each.Key + ", no dropout", each.Value))
        .Concat(Family.All.Select(row => KeyValuePair.Create(row.Data, Family.Config(row.Data, Dropout))))
        .Append(new("gpt", Small.Config(Dropout)))
        .Append(new("llama, untied", Small.Llama(Dropout) with { Tied = false })));

    public static TheoryData<string> Names => [.. Models.Keys];

    public static ModelConfig Config(string name) => Models[name];
}
