using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>A tensor of a file and the parameter that it holds, or a part of.</summary>
/// <param name="Name">In the file.</param>
/// <param name="Parameter">As <see cref="ParameterLayout.Name"/>.</param>
/// <param name="Shape">In the file.</param>
public sealed record StoredTensor(string Name, string Parameter, long[] Shape)
{
    /// <summary>From the parameter, without the padding of its vocabulary, to a view on it that is shaped as in the file.</summary>
    public Func<Tensor, Tensor> View { get; init; } = static parameter => parameter;

    /// <summary>May be left out, since it only repeats what another tensor holds; where it is there it must be equal.</summary>
    public bool Repeats { get; init; }

    /// <summary>Whether the parameter has rows of padding beyond the vocabulary, which are not stored.</summary>
    public bool VocabularyRows { get; init; }

    /// <summary>The whole parameter, under its own name or another.</summary>
    public static StoredTensor Of(ParameterLayout parameter, int vocabulary, string? name = null) =>
        new(name ?? parameter.Name, parameter.Name, parameter.VocabularyRows ? [vocabulary, .. parameter.Shape[1..]] : parameter.Shape) { VocabularyRows = parameter.VocabularyRows };

    /// <summary>The parameter as [in, out], where ours are [out, in].</summary>
    public StoredTensor Transposed() => this with { Shape = [Shape[1], Shape[0]], View = static parameter => parameter.t() };

    /// <summary>A view in the caller's scope.</summary>
    public Tensor On(LanguageModel model)
    {
        var parameter = model.Parameters[Parameter].detach();
        return View(VocabularyRows ? parameter.narrow(0, 0, model.Config.Vocabulary) : parameter);
    }
}
