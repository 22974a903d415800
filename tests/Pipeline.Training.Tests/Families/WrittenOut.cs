using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Families;

/// <summary>The parts of models, operator by operator and for one row, as their papers give them: what scripts are held against.</summary>
sealed class WrittenOut(FlatParameters p, int heads, double epsilon)
{
    public Tensor Linear(Tensor x, string name) => x.matmul(p[name + ".weight"].t()) + p[name + ".bias"];

    public Tensor Norm(Tensor x, string name)
    {
        var centred = x - x.mean([-1], keepdim: true);
        return centred / ((centred * centred).mean([-1], keepdim: true) + epsilon).sqrt() * p[name + ".weight"] + p[name + ".bias"];
    }

    public static Tensor TanhGelu(Tensor y) => 0.5 * y * (1 + (Math.Sqrt(2 / Math.PI) * (y + 0.044715 * y.pow(3))).tanh());

    public static Tensor ExactGelu(Tensor y) => 0.5 * y * (1 + (y / Math.Sqrt(2)).erf());

    public Tensor Attend(Tensor q, Tensor k, Tensor v, bool causal)
    {
        var size = q.size(1) / heads;
        var parts = new List<Tensor>();
        for (var head = 0; head < heads; head++)
        {
            var scores = q.narrow(1, head * size, size).matmul(k.narrow(1, head * size, size).t()) / Math.Sqrt(size);
            if (causal)
                scores += full([q.size(0), k.size(0)], float.NegativeInfinity).triu(1);
            parts.Add(scores.softmax(-1).matmul(v.narrow(1, head * size, size)));
        }
        return cat(parts, -1);
    }

    public Tensor Encoder(Tensor source, int layers)
    {
        var x = p["wte.weight"].index(source) + p["encoder.wpe.weight"].narrow(0, 0, source.size(0));
        for (var layer = 0; layer < layers; layer++)
            x = FeedForward(AttendSelf(x, $"encoder.h.{layer}", causal: false), $"encoder.h.{layer}");
        return Norm(x, "encoder.ln_f");
    }

    public Tensor AttendSelf(Tensor x, string block, bool causal)
    {
        var qkv = Linear(Norm(x, block + ".ln_1"), block + ".attn.c_attn").chunk(3, -1);
        return x + Linear(Attend(qkv[0], qkv[1], qkv[2], causal), block + ".attn.c_proj");
    }

    public Tensor AttendSource(Tensor x, Tensor memory, string cross)
    {
        var kv = Linear(memory, cross + ".kv").chunk(2, -1);
        return Linear(Attend(Linear(x, cross + ".q"), kv[0], kv[1], causal: false), cross + ".c_proj");
    }

    public Tensor FeedForward(Tensor x, string block) => x + Linear(TanhGelu(Linear(Norm(x, block + ".ln_2"), block + ".mlp.c_fc")), block + ".mlp.c_proj");

    public Tensor Recurrent(Tensor x, string name, RecurrentKind kind, int layers)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            Tensor h = zeros(x.size(1)), c = zeros(x.size(1));
            var outputs = new List<Tensor>();
            for (var t = 0L; t < x.size(0); t++)
            {
                var i = p[$"{name}.weight_ih_l{layer}"].mv(x[t]) + p[$"{name}.bias_ih_l{layer}"];
                var r = p[$"{name}.weight_hh_l{layer}"].mv(h) + p[$"{name}.bias_hh_l{layer}"];
                if (kind == RecurrentKind.Lstm)
                {
                    var gates = (i + r).chunk(4, -1);
                    c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
                    h = gates[3].sigmoid() * c.tanh();
                }
                else
                {
                    var (its, rs) = (i.chunk(3, -1), r.chunk(3, -1));
                    var update = (its[1] + rs[1]).sigmoid();
                    h = (1 - update) * (its[2] + (its[0] + rs[0]).sigmoid() * rs[2]).tanh() + update * h;
                }
                outputs.Add(h);
            }
            x = stack(outputs);
        }
        return x;
    }
}
