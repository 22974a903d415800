using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Models;

/// <summary>A Llama operator by operator, head by head, from its published description.</summary>
static class WrittenOutLlama
{
    /// <summary>[T, vocabulary] logits of one row.</summary>
    public static Tensor Logits(LanguageModel model, long[] ids, Func<int, int, bool>? sees = null, long[]? places = null)
    {
        var config = (LlamaConfig)model.Config;
        var p = model.Parameters;
        var (T, D) = (ids.Length, config.HeadWidth);
        sees ??= (i, j) => j <= i && (config.Window is not { } window || j > i - window);
        places ??= [.. Enumerable.Range(0, T).Select(place => (long)place)];
        Tensor Linear(Tensor x, string name)
        {
            var y = x.matmul(p[name + ".weight"].t());
            return p.Names.Contains(name + ".bias") ? y + p[name + ".bias"] : y;
        }
        Tensor Norm(Tensor x, string name) => x / ((x * x).mean([-1], keepdim: true) + config.NormEpsilon).sqrt() * p[name + ".weight"];
        Tensor Turn(Tensor x)
        {
            if (config.Positions != Positions.Rope)
                return x;
            var rows = new List<Tensor>();
            for (var t = 0; t < T; t++)
            {
                var row = new Tensor[D];
                for (var pair = 0; pair < D / 2; pair++)
                {
                    var angle = places[t] * Scaled(Math.Pow(config.RopeTheta, -2.0 * pair / D), config.RopeScaling);
                    var (a, b) = (x[t, pair], x[t, pair + D / 2]);
                    (row[pair], row[pair + D / 2]) = (a * Math.Cos(angle) - b * Math.Sin(angle), b * Math.Cos(angle) + a * Math.Sin(angle));
                }
                rows.Add(stack(row));
            }
            return stack(rows);
        }
        var x = p["model.embed_tokens.weight"].index(tensor(ids));
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            var y = Norm(x, name + "input_layernorm");
            var (q, k, v) = (Linear(y, name + "self_attn.q_proj"), Linear(y, name + "self_attn.k_proj"), Linear(y, name + "self_attn.v_proj"));
            var heads = new List<Tensor>();
            for (var head = 0; head < config.Heads; head++)
            {
                var shared = head / (config.Heads / config.KeyValueHeads);
                var scores = Turn(q.narrow(1, head * D, D)).matmul(Turn(k.narrow(1, shared * D, D)).t()) / Math.Sqrt(D);
                var bias = new float[T * T];
                for (var i = 0; i < T; i++)
                {
                    for (var j = 0; j < T; j++)
                        bias[i * T + j] = !sees(i, j) ? float.NegativeInfinity : config.Positions == Positions.Alibi ? (float)(-Math.Abs(i - j) * Slope(head, config.Heads)) : 0;
                }
                heads.Add((scores + tensor(bias, [T, T])).softmax(-1).matmul(v.narrow(1, shared * D, D)));
            }
            x = x + Linear(cat(heads, -1), name + "self_attn.o_proj");
            y = Norm(x, name + "post_attention_layernorm");
            var gate = Linear(y, name + "mlp.gate_proj");
            x = x + Linear(gate * gate.sigmoid() * Linear(y, name + "mlp.up_proj"), name + "mlp.down_proj");
        }
        return Norm(x, "model.norm").matmul(p[config.Tied ? "model.embed_tokens.weight" : "lm_head.weight"].t()).narrow(1, 0, config.Vocabulary);
    }

    // As transformers computes them, in its own terms.
    static double Scaled(double frequency, RopeScaling? scaling)
    {
        if (scaling is not Llama3RopeScaling llama)
            return scaling is null ? frequency : frequency / scaling.Factor;
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < llama.OriginalContext / llama.HighFrequency)
            return frequency;
        if (wavelength > llama.OriginalContext / llama.LowFrequency)
            return frequency / llama.Factor;
        var smooth = (llama.OriginalContext / wavelength - llama.LowFrequency) / (llama.HighFrequency - llama.LowFrequency);
        return (1 - smooth) * frequency / llama.Factor + smooth * frequency;
    }

    // Of 4 heads 1/4, 1/16, ...; of 3 those of 2 heads and the first of 4.
    static double Slope(int head, int heads) => heads switch
    {
        2 => new[] { 1 / 16.0, 1 / 256.0 }[head],
        3 => new[] { 1 / 16.0, 1 / 256.0, 1 / 4.0 }[head],
        4 => new[] { 1 / 4.0, 1 / 16.0, 1 / 64.0, 1 / 256.0 }[head],
        _ => throw new NotSupportedException(),
    };
}
