"""Llama's forward pass (and Mistral's, Qwen 2's) from the papers and config.json, in NumPy, float64: python3 llama_reference.py FOLDER ID..."""
import json, math, struct, sys
import numpy as np

folder, ids = sys.argv[1], [int(i) for i in sys.argv[2:]]
config = json.load(open(folder + "/config.json"))
index = json.load(open(folder + "/model.safetensors.index.json"))["weight_map"]
weights = {}
for file in set(index.values()):
    raw = open(folder + "/" + file, "rb").read()
    (n,) = struct.unpack("<Q", raw[:8])
    for name, t in json.loads(raw[8:8 + n]).items():
        if name != "__metadata__":
            assert t["dtype"] == "F32" and index[name] == file
            b, e = t["data_offsets"]
            weights[name] = np.frombuffer(raw[8 + n + b:8 + n + e], "<f4").reshape(t["shape"]).astype(np.float64)


def norm(x, name):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + config["rms_norm_eps"]) * weights[name + ".weight"]


def linear(x, name):
    return x @ weights[name + ".weight"].T + weights.get(name + ".bias", 0)


def frequencies():
    f = config["rope_theta"] ** -(np.arange(0, size, 2) / size)
    scaling = config["rope_scaling"]
    if scaling and scaling["rope_type"] == "linear":
        f = f / scaling["factor"]
    if scaling and scaling["rope_type"] == "llama3":
        low, high, context = scaling["low_freq_factor"], scaling["high_freq_factor"], scaling["original_max_position_embeddings"]
        wave = 2 * math.pi / f
        smooth = (context / wave - low) / (high - low)
        blended = (1 - smooth) * f / scaling["factor"] + smooth * f
        f = np.where(wave > context / low, f / scaling["factor"], np.where(wave < context / high, f, blended))
    return f


def turn(x):  # [heads, T, size], halves paired
    angle = np.arange(length)[:, None] * frequencies()[None, :]
    cos, sin = np.cos(np.concatenate([angle, angle], -1)), np.sin(np.concatenate([angle, angle], -1))
    half = size // 2
    return x * cos + np.concatenate([-x[..., half:], x[..., :half]], -1) * sin


length, heads, groups, size = len(ids), config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
distance = np.arange(length)[:, None] - np.arange(length)[None, :]
seen = (distance >= 0) & (distance < (config.get("sliding_window") or length))
x = weights["model.embed_tokens.weight"][ids]
for i in range(config["num_hidden_layers"]):
    block = "model.layers.%d." % i
    h = norm(x, block + "input_layernorm")
    q, k, v = (linear(h, block + "self_attn." + p).reshape(length, -1, size).transpose(1, 0, 2) for p in ("q_proj", "k_proj", "v_proj"))
    q, k = turn(q), np.repeat(turn(k), heads // groups, 0)
    scores = np.where(seen, q @ k.transpose(0, 2, 1) / math.sqrt(size), -np.inf)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    x = x + linear((p @ np.repeat(v, heads // groups, 0)).transpose(1, 0, 2).reshape(length, -1), block + "self_attn.o_proj")
    h = norm(x, block + "post_attention_layernorm")
    gate = linear(h, block + "mlp.gate_proj")
    x = x + linear(gate / (1 + np.exp(-gate)) * linear(h, block + "mlp.up_proj"), block + "mlp.down_proj")
head = weights["model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"]
for row in norm(x, "model.norm") @ head.T:
    print(" ".join("%.9g" % value for value in row))
