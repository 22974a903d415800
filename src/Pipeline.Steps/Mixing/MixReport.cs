using System.Globalization;

namespace Pipeline.Steps.Mixing;

/// <summary>A domain of a mixture, as in <c>mixture.json</c>.</summary>
internal sealed record MixedDomain(string Domain, long Available, double ShareAsked, double ShareReached, double Epochs, bool Limited, long Documents, long Size)
{
    private const double Rounding = 0.005;

    internal bool Misses => Math.Abs(ShareReached - ShareAsked) >= Rounding;
}

/// <summary>What a mixture got of what was asked for, in words.</summary>
/// <param name="IsShort">All that could be taken is less than what was asked for.</param>
internal sealed record MixReport(IReadOnlyList<MixedDomain> Domains, long Reached, long Asked, bool IsShort, string Unit, double MaximumEpochs)
{
    public string Summary()
    {
        var of = IsShort ? Text($" of {Asked:N0}") : "";
        return Text($"{Reached:N0}{of} {Unit}{(IsShort ? Text($" asked for, {Part}") : "")}  ({string.Join(" · ", Domains.Select(d => Text($"{d.Domain} {d.ShareReached:P0}{(d.Misses ? Text($" of {d.ShareAsked:P0}") : "")}")))})");
    }

    public IEnumerable<string> Lines()
    {
        var spent = Domains.Where(d => d.Limited).ToList();
        if (IsShort)
        {
            yield return Text($"warning: the mixture has {Reached:N0} of the {Asked:N0} {Unit} asked for ({Part}): {string.Join(", ", spent.Select(d => d.Domain))} {(spent.Count == 1 ? "is" : "are")} taken {Times}, as often as maximum_epochs allows, so that shares follow from what there is. Raise it, lower budget, or give more documents.");
            yield break;
        }

        foreach (var domain in spent.Where(d => d.Misses && d.ShareReached < d.ShareAsked))
            yield return Text($"{domain.Domain} may be taken {Times} at most (maximum_epochs) and so reaches {domain.ShareReached:P1} instead of {domain.ShareAsked:P1}; the others give what it lacks.");
    }

    private string Times => MaximumEpochs == 1 ? "once" : Text($"{MaximumEpochs:0.###} times");

    private string Part => Text($"{(double)Reached / Asked:P0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
