using Pipeline.Training.Scripts;

namespace Pipeline.Training.Models;

/// <summary>What the scripts of decoders have in common: who sees whom, where each token stands, and keys and values kept from earlier calls. It defines <c>hidden</c> and <c>advance</c>
/// on what the family defines: <c>embed</c>, <c>block</c> and <c>last_norm</c>.</summary>
sealed record DecoderScript(int Layers, int Heads, int HeadWidth, Positions Positions, double Theta = 10_000, RopeScaling? Scaling = null, int? Window = null)
{
    bool Turns => Positions == Positions.Rope;

    /// <summary>Why these positions cannot be computed, and what of them would not be read.</summary>
    public static IEnumerable<ModelFault> Faults(Positions positions, int headWidth, double theta, RopeScaling? scaling)
    {
        if (positions != Positions.Rope)
        {
            if (theta != LlamaConfig.DefaultTheta || scaling is not null)
                yield return new("positions", "RoPE's theta and scaling are read with RoPE alone; leave them out, or choose RoPE positions");
            yield break;
        }
        if (headWidth % 2 != 0)
            yield return new("head_width", $"RoPE turns pairs, but the head width is {headWidth}; choose an even one");
        if (theta is not (> 0 and < double.PositiveInfinity))
            yield return new("rope_theta", $"RoPE's theta is {theta}, but must be above 0");
        foreach (var fault in scaling?.Faults() ?? [])
            yield return new("rope_scaling", fault);
    }

    /// <summary>The angles per place, one for each pair of a head's dimensions.</summary>
    internal IEnumerable<double> Frequencies =>
        Enumerable.Range(0, HeadWidth / 2).Select(pair => Math.Pow(Theta, -2.0 * pair / HeadWidth)).Select(frequency => Scaling?.Of(frequency) ?? frequency);

    /// <summary>2^(-8/n), 2^(-16/n), ...; where the heads are no power of two, those of the next lower one, then every other one of the next higher.</summary>
    internal IEnumerable<double> Slopes
    {
        get
        {
            var lower = 1 << (int)Math.Log2(Heads);
            return Of(lower).Concat(Of(2 * lower).Where((_, head) => head % 2 == 0)).Take(Heads);

            static IEnumerable<double> Of(int heads) => Enumerable.Range(1, heads).Select(head => Math.Pow(2, -8.0 * head / heads));
        }
    }

    public override string ToString() => $$"""
        def places(inputs: List[Tensor], starts: Tensor, past: int) -> Tensor:
            at = torch.arange(past, past + inputs[0].size(1), device=inputs[0].device).unsqueeze(0)
            if inputs[1].numel() > 0:
                before = inputs[1].slice(1, 0, inputs[1].size(1) - 1)
                begins = torch.constant_pad_nd(inputs[1].slice(1, 1) != before, [1, 0], 1)
                at = at - torch.cummax(at * begins, 1)[0]
            if starts.numel() > 0:
                at = (at - starts.unsqueeze(1)).clamp(min=0)
            return at

        def seen(inputs: List[Tensor], starts: Tensor, past: int) -> Optional[Tensor]:
            ids, segments, prefix = inputs[0], inputs[1], inputs[2]
            T = ids.size(1)
            needed = segments.numel() > 0 or prefix.numel() > 0 or starts.numel() > 0 or (past > 0 and T > 1) or {{Always}}
            if not needed:
                return None
            i = torch.arange(past, past + T, device=ids.device).unsqueeze(1)
            j = torch.arange(past + T, device=ids.device).unsqueeze(0)
            see = ({{WithinReach}}).view([1, 1, T, past + T])
            if prefix.numel() > 0:
                see = see | (j < prefix.view([-1, 1, 1, 1]))
            if segments.numel() > 0:
                see = see & (segments.unsqueeze(2) == segments.unsqueeze(1)).unsqueeze(1)
            if starts.numel() > 0:
                see = (see & (j >= starts.view([-1, 1, 1, 1]))) | (i == j)
            return {{Mask}}

        def turns(at: Tensor) -> Tensor:
            angles = at.unsqueeze(2).float() * torch.tensor({{Literal.Of(Turns ? Frequencies : [1.0])}}, device=at.device).float()
            angles = torch.cat([angles, angles], 2).unsqueeze(1)
            return torch.stack([angles.cos(), angles.sin()])

        def turned(x: Tensor, turn: Tensor) -> Tensor:
            half = x.size(3) // 2
            return (x * turn[0] + torch.cat([-x.slice(3, half), x.slice(3, 0, half)], 3) * turn[1]).to(x.dtype)

        def kept(cache: List[Tensor], at: int, past: int, x: Tensor) -> Tensor:
            if len(cache) == 0:
                return x
            cache[at].slice(2, past, past + x.size(2)).copy_(x)
            return cache[at].slice(2, 0, past + x.size(2))

        def decode(w: List[Tensor], inputs: List[Tensor], starts: Tensor, cache: List[Tensor], past: int, training: bool) -> Tensor:
            mask = seen(inputs, starts, past)
            at = places(inputs, starts, past)
            turn = {{(Turns ? "turns(at)" : "at")}}
            x = embed(w, inputs, starts, at, past, training)
            for layer in range({{Layers}}):
                x = block(x, w, layer, turn, mask, cache, past, training)
            return last_norm(x, w)

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            cache: List[Tensor] = []
            return decode(w, inputs, inputs[0].new_empty([0]), cache, 0, training)

        def segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor:
            starts = inputs[0].new_empty([0])
            cache: List[Tensor] = []
            at = places(inputs, starts, 0)
            turn = {{(Turns ? "turns(at)" : "at")}}
            if i == 0:
                return embed(w, inputs, starts, at, 0, training)
            x = block(kept[i - 1], w, i - 1, turn, seen(inputs, starts, 0), cache, 0, training)
            return last_norm(x, w) if i == {{Layers}} else x

        def advance(w: List[Tensor], inputs: List[Tensor], starts: Tensor, cache: List[Tensor], past: int, padding: Tensor) -> Tensor:
            return project(w, decode(w, inputs, starts, cache, past, False).select(1, -1), padding)
        """;

    /// <summary>Attention of the queries q to the keys k and values v of a layer, [B, heads, T, width of a head] each. Keys and values of fewer heads serve several heads of queries.</summary>
    public string Attention(int keyValueHeads, double dropout) => $$"""
        def attention(q: Tensor, k: Tensor, v: Tensor, w: List[Tensor], layer: int, turn: Tensor, mask: Optional[Tensor], cache: List[Tensor], past: int, training: bool) -> Tensor:
            {{(Turns ? "q, k = turned(q, turn), turned(k, turn)" : "pass")}}
            k, v = kept(cache, 2 * layer, past, k), kept(cache, 2 * layer + 1, past, v)
            {{(keyValueHeads == Heads ? "pass" : $"k, v = k.repeat_interleave({Heads / keyValueHeads}, 1), v.repeat_interleave({Heads / keyValueHeads}, 1)")}}
            y = torch.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p={{Literal.Of(dropout)}} if training else 0.0, is_causal=mask is None and past == 0)
            return y.transpose(1, 2).flatten(2)

        """;

    string Always => Positions == Positions.Alibi ? "True" : Window is { } window ? $"past + T > {window}" : "False";

    string WithinReach => Window is { } window ? $"(j <= i) & (j > i - {window})" : "j <= i";

    string Mask => Positions == Positions.Alibi
        ? $"torch.where(see, (i - j).abs().float() * torch.tensor({Literal.Of(Slopes.Select(slope => -slope))}, device=ids.device).float().view([1, {Heads}, 1, 1]), float('-inf'))"
        : "see";
}
