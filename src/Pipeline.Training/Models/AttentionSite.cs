namespace Pipeline.Training.Models;

/// <summary>A place in a model where tokens look at tokens.</summary>
/// <param name="Part">What of the model: <c>decoder</c>, <c>encoder</c>, or <c>source</c> for a decoder's look at its encoder.</param>
/// <param name="Layer">From 1.</param>
/// <param name="FromSource">Whether those who look are the source's tokens.</param>
/// <param name="OnSource">Whether those looked at are.</param>
public sealed record AttentionSite(string Part, int Layer, bool FromSource = false, bool OnSource = false)
{
    internal static IEnumerable<AttentionSite> Decoder(int layers) => Enumerable.Range(1, layers).Select(layer => new AttentionSite("decoder", layer));

    internal static IEnumerable<AttentionSite> Encoder(int layers) => Enumerable.Range(1, layers).Select(layer => new AttentionSite("encoder", layer, FromSource: true, OnSource: true));
}
