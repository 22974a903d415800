"""GPT-2's forward pass from its paper and config.json, in NumPy, float64: python3 gpt2_reference.py FOLDER ID..."""
import json, math, struct, sys
import numpy as np

folder, ids = sys.argv[1], [int(i) for i in sys.argv[2:]]
config = json.load(open(folder + "/config.json"))
raw = open(folder + "/model.safetensors", "rb").read()
(n,) = struct.unpack("<Q", raw[:8])
weights = {}
for name, t in json.loads(raw[8:8 + n]).items():
    if name != "__metadata__":
        assert t["dtype"] == "F32"
        b, e = t["data_offsets"]
        weights[name] = np.frombuffer(raw[8 + n + b:8 + n + e], "<f4").reshape(t["shape"]).astype(np.float64)


def norm(x, name):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + config["layer_norm_epsilon"]) * weights[name + ".weight"] + weights[name + ".bias"]


def conv1d(x, name):  # transformers' Conv1D: x @ [in, out] + bias
    return x @ weights[name + ".weight"] + weights[name + ".bias"]


def gelu(x):
    assert config["activation_function"] == "gelu_new"
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


length, heads = len(ids), config["n_head"]
mask = np.triu(np.full((length, length), -np.inf), 1)
x = weights["transformer.wte.weight"][ids] + weights["transformer.wpe.weight"][:length]
for i in range(config["n_layer"]):
    block = "transformer.h.%d." % i
    q, k, v = np.split(conv1d(norm(x, block + "ln_1"), block + "attn.c_attn"), 3, -1)
    q, k, v = (a.reshape(length, heads, -1).transpose(1, 0, 2) for a in (q, k, v))
    scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]) + mask
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    x = x + conv1d((p @ v).transpose(1, 0, 2).reshape(length, -1), block + "attn.c_proj")
    x = x + conv1d(gelu(conv1d(norm(x, block + "ln_2"), block + "mlp.c_fc")), block + "mlp.c_proj")
logits = norm(x, "transformer.ln_f") @ weights["transformer.wte.weight"].T
assert logits.shape == (length, config["vocab_size"])
for row in logits:
    print(" ".join("%.9g" % value for value in row))
