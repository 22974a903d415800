using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Models;

/// <summary>All parameters of a model as named views on one contiguous float32 tensor, and their gradients on another:
/// clipping, reducing over ranks, the optimiser and checkpoints then each touch one tensor.</summary>
public sealed class FlatParameters : IDisposable
{
    // 64 bytes: no view starts inside another one's cache line or vector register.
    const long Alignment = 16;

    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    Tensor? gradients, removed;

    public FlatParameters(IReadOnlyList<ParameterLayout> parameters, Device device)
    {
        var offsets = new long[parameters.Count];
        long end = 0;
        foreach (var decayed in new[] { true, false })
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                if (parameters[i].Shape.Length >= 2 != decayed)
                    continue;
                offsets[i] = end;
                end += RoomFor(parameters[i]);
            }
            if (decayed)
                Decayed = end;
        }
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Values = zeros(end, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        Layout = parameters;
        Names = [.. parameters.Select(parameter => parameter.Name)];
        Treatments = new Trainable().Of(Names);
        Offsets = offsets;
        Views = new Tensor[parameters.Count];
        for (var i = 0; i < parameters.Count; i++)
        {
            places.Add(parameters[i].Name, i);
            Views[i] = Values.narrow(0, offsets[i], parameters[i].Elements).view(parameters[i].Shape).detach().DetachFromDisposeScope();
        }
    }

    /// <summary>Elements of <see cref="Values"/> for such parameters.</summary>
    public static long SizeOf(IEnumerable<ParameterLayout> parameters) => parameters.Sum(RoomFor);

    public IReadOnlyList<ParameterLayout> Layout { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>How each parameter is trained, in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<Treatment> Treatments { get; private set; }

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public Tensor[] Views { get; }

    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Every parameter, those of two and more dimensions first.</summary>
    public Tensor Values { get; }

    /// <summary>How many leading elements of <see cref="Values"/> weight decay applies to.</summary>
    public long Decayed { get; }

    /// <summary>Laid out as <see cref="Values"/>; what a backward pass adds to.</summary>
    public Tensor Gradients => gradients ?? throw new InvalidOperationException("This model was not prepared for training.");

    /// <summary>The parameters of which weights are held at 0.</summary>
    public IReadOnlyList<string> Held { get; private set; } = [];

    public Tensor this[string name] => places.TryGetValue(name, out var at) ? Views[at] : throw new KeyNotFoundException($"The model has no parameter '{name}'.");

    /// <param name="trainable">Which parameters, and how fast; null trains all of them alike.</param>
    /// <exception cref="ArgumentException">It names parameters that are not there.</exception>
    public void PrepareForTraining(Trainable? trainable = null)
    {
        Treatments = (trainable ?? new()).Of(Names);
        using var scope = NewDisposeScope();
        gradients ??= zeros_like(Values).DetachFromDisposeScope();
        var views = ViewsOn(gradients);
        for (var i = 0; i < Views.Length; i++)
        {
            // A frozen parameter's gradient stays 0, so that norms and sums over ranks need not know of it.
            Views[i].requires_grad_(Treatments[i].Trained);
            Views[i].grad = Treatments[i].Trained ? views[i] : null;
        }
    }

    /// <summary>Sets weights to 0, now and after each step of a training.</summary>
    /// <param name="tensors">By parameter name, true where a weight is removed.</param>
    internal void HoldAtZero(IReadOnlyList<(string Name, Tensor Removed)> tensors)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        removed?.Dispose();
        removed = zeros(Values.numel(), ScalarType.Bool, Values.device).DetachFromDisposeScope();
        foreach (var (name, mask) in tensors)
            removed.narrow(0, Offsets[places[name]], mask.numel()).view(mask.shape).copy_(mask);
        Held = [.. tensors.Select(each => each.Name)];
        ZeroRemoved(Values);
    }

    /// <summary>Of a tensor that is laid out as <see cref="Values"/> sets to 0 what is held there.</summary>
    internal void ZeroRemoved(Tensor flat)
    {
        if (removed is not null)
            Arithmetic.ZeroWhere(flat, removed);
    }

    /// <summary>The parameters' shapes laid over another tensor of the same layout, such as an optimiser's moments. The caller's scope owns them.</summary>
    public Tensor[] ViewsOn(Tensor flat)
    {
        using var noGradient = no_grad();
        return [.. Views.Select((view, i) => flat.narrow(0, Offsets[i], view.numel()).view(view.shape))];
    }

    static long RoomFor(ParameterLayout parameter) => (parameter.Elements + Alignment - 1) / Alignment * Alignment;

    public void Dispose()
    {
        foreach (var view in Views)
            view.Dispose();
        gradients?.Dispose();
        removed?.Dispose();
        Values.Dispose();
    }
}
