using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Tests.Authoring;

public class ParamsJsonTests
{
    private enum Colour
    {
        Red,
        LightBlue,
    }

    private sealed record Inner
    {
        public long Long { get; init; } = 5;
        public float Single { get; init; } = 0.1f;
    }

    private sealed record With
    {
        public int Count { get; init; } = 3;
        public double Rate { get; init; } = 3e-4;
        public bool Truth { get; init; } = true;
        public string Text { get; init; } = "ä";
        public string? Nothing { get; init; }
        public int? Perhaps { get; init; } = 7;
        public Colour Colour { get; init; } = Colour.LightBlue;
        public Inner Inner { get; init; } = new();
        public Inner? NoInner { get; init; }
        public IReadOnlyList<double> Numbers { get; init; } = [1, 2.5];
        public IReadOnlyList<Colour> Colours { get; init; } = [Colour.Red, Colour.LightBlue];
        public string[] Texts { get; init; } = ["a", "b"];
        public HashSet<string> Set { get; init; } = ["x"];
        public IReadOnlyList<Inner> Records { get; init; } = [new(), new() { Long = 6 }];
        public IReadOnlyDictionary<string, int> Map { get; init; } = new Dictionary<string, int> { ["one"] = 1 };
        public Dictionary<string, string> Words { get; init; } = [];
        public long Computed => Count + Inner.Long;
    }

    /// <summary>With get-only members left out: they are no options.</summary>
    private static JsonObject General(object value)
    {
        var json = JsonSerializer.SerializeToNode(value, value.GetType(), OptionReader.Json)!.AsObject();
        json.Remove("computed");
        return json;
    }

    [Fact]
    public void Defaults_are_written_as_the_general_serializer_writes_them()
    {
        var with = new With();
        foreach (var property in OptionReader.PropertiesOf(typeof(With)).Where(p => p.GetValue(with) is not (null or Inner)))
            Assert.Equal(JsonSerializer.SerializeToNode(property.GetValue(with), property.PropertyType, OptionReader.Json)!.ToJsonString(), ParamsJson.Write(property.GetValue(with), property.PropertyType)!.ToJsonString());
    }

    [Fact]
    public void A_record_is_read_as_the_general_serializer_reads_it()
    {
        var json = General(new With { Count = -4, Rate = 1e300, Truth = false, Text = "\"", Nothing = "", Perhaps = null, Colour = Colour.Red, NoInner = new() { Long = long.MinValue }, Map = new Dictionary<string, int>(), Words = new() { ["k"] = "v" }, Texts = [] });
        Assert.Equal(json.ToJsonString(), General(ParamsJson.Read<With>(json)).ToJsonString());
        Assert.Equal(General(new With()).ToJsonString(), General(ParamsJson.Read<With>([])).ToJsonString());
    }

    [Theory]
    [InlineData("""{"count": 3000000000}""", "$.count")]
    [InlineData("""{"count": 1.5}""", "$.count")]
    [InlineData("""{"count": null}""", "$.count")]
    [InlineData("""{"inner": {"long": 1e30}}""", "$.inner.long")]
    [InlineData("""{"numbers": [1, "2"]}""", "$.numbers[1]")]
    [InlineData("""{"map": {"one": true}}""", "$.map.one")]
    [InlineData("""{"colour": "green"}""", "$.colour")]
    [InlineData("""{"colour": 1}""", "$.colour")]
    [InlineData("""{"truth": "true"}""", "$.truth")]
    [InlineData("""{"text": 1}""", "$.text")]
    [InlineData("""{"inner": []}""", "$.inner")]
    [InlineData("""{"computed": 1}""", "$.computed")]
    public void What_does_not_fit_is_refused_with_its_path(string json, string path) =>
        Assert.Equal(path, Assert.Throws<JsonException>(() => ParamsJson.Read<With>(JsonNode.Parse(json)!.AsObject())).Path);
}
