using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Models;

/// <summary>A GPT of two heads operator by operator.</summary>
static class WrittenOutGpt
{
    /// <summary>[T, vocabulary] logits of one row.</summary>
    public static Tensor Logits(LanguageModel model, long[] ids)
    {
        var config = (GptConfig)model.Config;
        var p = model.Parameters;
        var (T, D) = (ids.Length, config.Width / 2);
        var places = arange(T, ScalarType.Float32);
        Tensor Linear(Tensor x, string name) => x.matmul(p[name + ".weight"].t()) + p[name + ".bias"];
        Tensor Norm(Tensor x, string name)
        {
            var centred = x - x.mean([-1], keepdim: true);
            return centred / ((centred * centred).mean([-1], keepdim: true) + 1e-5).sqrt() * p[name + ".weight"] + p[name + ".bias"];
        }
        // As a complex number, of which the first half of a head is the real part.
        Tensor Turn(Tensor x)
        {
            if (config.Positions != Positions.Rope)
                return x;
            var angle = places.unsqueeze(1) * tensor(Enumerable.Range(0, D / 2).Select(pair => (float)Math.Pow(config.RopeTheta, -2.0 * pair / D)).ToArray());
            var turned = complex(x.narrow(1, 0, D / 2), x.narrow(1, D / 2, D / 2)) * polar(ones_like(angle), angle);
            return cat([turned.real, turned.imag], 1);
        }
        var x = p["transformer.wte.weight"].index(tensor(ids));
        if (config.Positions == Positions.Learned)
            x = x + p["transformer.wpe.weight"].narrow(0, 0, T);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var h = $"transformer.h.{layer}.";
            var qkv = Linear(Norm(x, h + "ln_1"), h + "attn.c_attn").chunk(3, -1);
            var heads = new List<Tensor>();
            for (var head = 0; head < 2; head++)
            {
                var scores = Turn(qkv[0].narrow(1, head * D, D)).matmul(Turn(qkv[1].narrow(1, head * D, D)).t()) / Math.Sqrt(D) + full([T, T], float.NegativeInfinity).triu(1);
                if (config.Positions == Positions.Alibi)
                    scores = scores - (places.unsqueeze(1) - places).abs() * (head == 0 ? 1 / 16.0 : 1 / 256.0);
                heads.Add(scores.softmax(-1).matmul(qkv[2].narrow(1, head * D, D)));
            }
            x = x + Linear(cat(heads, -1), h + "attn.c_proj");
            var y = Linear(Norm(x, h + "ln_2"), h + "mlp.c_fc");
            y = 0.5 * y * (1 + (Math.Sqrt(2 / Math.PI) * (y + 0.044715 * y.pow(3))).tanh());
            x = x + Linear(y, h + "mlp.c_proj");
        }
        return Norm(x, "transformer.ln_f").matmul(p["transformer.wte.weight"].t()).narrow(1, 0, config.Vocabulary);
    }
}
