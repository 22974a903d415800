"""A GPT in PyTorch eager, as nanoGPT's users write it: the peer of Pipeline.Benchmarks' `speed`.

usage: torch_eager.py TOKENS VOCABULARY LAYERS HEADS WIDTH CONTEXT BATCH DROPOUT STEPS THREADS [SEED VALIDATION]      (TOKENS: little-endian 16-bit ids)
Prints, of the last three quarters of the steps, the tokens a second and the processor's seconds a step; then the peak memory in MB, the last loss and the version.
With a seed and tokens to validate on, the learning rate follows nanoGPT's schedule, and the loss over all of those tokens is printed last."""
import math
import resource
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

path = sys.argv[1]
VOCABULARY, LAYERS, HEADS, WIDTH, CONTEXT, BATCH = map(int, sys.argv[2:8])
DROPOUT, STEPS, THREADS = float(sys.argv[8]), int(sys.argv[9]), int(sys.argv[10])
SDPA = hasattr(F, "scaled_dot_product_attention")


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.c_attn, self.c_proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.c_fc, self.mlp_proj = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.attn_dropout, self.resid_dropout, self.mlp_dropout = nn.Dropout(DROPOUT), nn.Dropout(DROPOUT), nn.Dropout(DROPOUT)
        self.register_buffer("mask", torch.tril(torch.ones(CONTEXT, CONTEXT)).bool())

    def attend(self, x):
        b, t, c = x.shape
        q, k, v = (y.view(b, t, HEADS, c // HEADS).transpose(1, 2) for y in self.c_attn(x).split(c, dim=2))
        if SDPA:
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=DROPOUT, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            y = self.attn_dropout(F.softmax(scores.masked_fill(~self.mask[:t, :t], float("-inf")), dim=-1)) @ v
        return self.resid_dropout(self.c_proj(y.transpose(1, 2).contiguous().view(b, t, c)))

    def forward(self, x):
        x = x + self.attend(self.ln_1(x))
        return x + self.mlp_dropout(self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.dropout = nn.Dropout(DROPOUT)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln_f = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)
        self.head.weight = self.wte.weight
        for name, parameter in self.named_parameters():
            if parameter.dim() >= 2:
                nn.init.normal_(parameter, 0.0, 0.02 / math.sqrt(2 * LAYERS) if "proj" in name else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, ids, targets):
        x = self.dropout(self.wte(ids) + self.wpe(torch.arange(ids.shape[1])))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.ln_f(x))
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


torch.set_num_threads(THREADS)
torch.manual_seed(int(sys.argv[11]) if len(sys.argv) > 11 else 1337)
tokens = torch.from_numpy(numpy.fromfile(path, dtype="<u2").astype(numpy.int64))
model = Gpt()
decayed = [p for p in model.parameters() if p.dim() >= 2]
other = [p for p in model.parameters() if p.dim() < 2]
optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": other, "weight_decay": 0.0}], lr=1e-3, betas=(0.9, 0.99))
for step in range(STEPS):
    if step == STEPS // 4:
        start, busy = time.perf_counter(), time.process_time()
    if len(sys.argv) > 12:
        rate = 1e-3 * (step + 1) / 101 if step < 100 else 1e-4 + 0.5 * (1 + math.cos(math.pi * (step - 100) / (STEPS - 100))) * 9e-4
        for group in optimizer.param_groups:
            group["lr"] = rate
    at = torch.randint(len(tokens) - CONTEXT, (BATCH,))
    ids = torch.stack([tokens[i : i + CONTEXT] for i in at])
    targets = torch.stack([tokens[i + 1 : i + 1 + CONTEXT] for i in at])
    loss = model(ids, targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
seconds, busy, counted = time.perf_counter() - start, time.process_time() - busy, STEPS - STEPS // 4
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
validated = ""
if len(sys.argv) > 12:
    held = torch.from_numpy(numpy.fromfile(sys.argv[12], dtype="<u2").astype(numpy.int64))
    model.eval()
    with torch.no_grad():
        whole = (len(held) - 1) // CONTEXT
        ids, targets = (held[i : i + whole * CONTEXT].view(whole, CONTEXT) for i in (0, 1))
        parts = [(ids[i : i + 100], targets[i : i + 100]) for i in range(0, whole, 100)]
        if rest := (len(held) - 1) % CONTEXT:
            parts.append((held[-rest - 1 : -1][None], held[-rest:][None]))
        losses = [model(x, y).item() * y.numel() for x, y in parts]
    validated = f" {sum(losses) / (len(held) - 1):.4f}"
print(f"{counted * BATCH * CONTEXT / seconds:.1f} {busy / counted:.5f} {peak} {loss.item():.4f} {torch.__version__}{validated}")
