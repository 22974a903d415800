using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>RoPE in a <c>config.json</c>: <c>rope_theta</c> and <c>rope_scaling</c>, or both in <c>rope_parameters</c> as transformers writes them from version 5 on.</summary>
static class LlamaRope
{
    public static (double Theta, RopeScaling? Scaling) Read(ConfigFields fields, double otherwise)
    {
        var newer = fields.Group("rope_parameters");
        var theta = newer is not null && newer.Has("rope_theta") ? newer.Positive("rope_theta") : fields.Positive("rope_theta", otherwise);
        var scaling = newer ?? fields.Group("rope_scaling");
        if (scaling is null)
            return (theta, null);
        // Older files call the type "type".
        var name = scaling.Has("rope_type") ? "rope_type" : "type";
        scaling.AllowNumber("partial_rotary_factor", 1);
        switch (scaling.Text(name))
        {
            case "default":
            case null when newer is not null && !scaling.Has(name):
                return (theta, null);
            case "linear":
                return (theta, new LinearRopeScaling(scaling.Positive("factor")));
            case "llama3":
                return (theta, new Llama3RopeScaling(scaling.Positive("factor"), scaling.Positive("low_freq_factor"), scaling.Positive("high_freq_factor"), scaling.Whole("original_max_position_embeddings")));
            default:
                scaling.Refuse(name, "\"default\", \"linear\" or \"llama3\"");
                return (theta, null);
        }
    }

    public static JsonObject? Write(RopeScaling? scaling) => scaling switch
    {
        null => null,
        Llama3RopeScaling llama => new()
        {
            ["rope_type"] = "llama3",
            ["factor"] = llama.Factor,
            ["low_freq_factor"] = llama.LowFrequency,
            ["high_freq_factor"] = llama.HighFrequency,
            ["original_max_position_embeddings"] = llama.OriginalContext,
        },
        LinearRopeScaling linear => new() { ["rope_type"] = "linear", ["factor"] = linear.Factor },
        _ => throw new ArgumentException($"{scaling.GetType().Name} has no name in config.json"),
    };
}
