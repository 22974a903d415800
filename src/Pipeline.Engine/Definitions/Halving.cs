using System.Globalization;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Successive halving of the variants of a matrix: rungs that go ever further, with ever fewer of the variants.</summary>
/// <param name="Horizons">How far each rung goes; the last one as far as the step says.</param>
internal sealed record Halving(ScalarNode Key, IReadOnlyList<long> Horizons, long Factor)
{
    public const string RungSuffix = VariantNames.Separator + "rung-";

    /// <summary>What a name must have room for.</summary>
    public const int LongestSuffix = 9;

    public static string NameOf(string step, int rung) => string.Create(CultureInfo.InvariantCulture, $"{step}{RungSuffix}{rung}");

    /// <summary>How many of <paramref name="trials"/> are left at a rung, from 1.</summary>
    public static long Left(long trials, long factor, int rung)
    {
        for (; rung > 1; rung--) trials /= factor;
        return Math.Max(1, trials);
    }
}

/// <summary>Reads the <c>halving</c> beside a matrix.</summary>
internal sealed class HalvingReader(StepCatalog catalog, Expressions expressions, ProblemList problems)
{
    private readonly Lazy<OptionBinder> options = new(() => new("halving", HalvingOptions.Tree, expressions, problems));

    /// <summary>Null where what is wrong has been said.</summary>
    public Halving? Read(string id, MapNode step, Entry given, IReadOnlyList<Variant> variants)
    {
        var key = given.Key;
        if (step.Find("select") is null) return Refuse(key.Place, "halving compares variants, and nothing says by what", "add select: { metric: validation.loss, goal: min }");
        if (options.Value.Bind(given.Value, key.Place) is not { } bound) return null;
        // Without a known type the file is refused anyway.
        if (step["uses"] is not ScalarNode uses || catalog.Find(uses.Text) is not { } type) return null;
        if (type.Horizon is not { } horizon) return Refuse(key.Place, $"halving is for steps that can go on from where a shorter run ended, and {type.Name} has no horizon", $"it works with {Excerpt.List(catalog.All.Where(t => t.Horizon is not null).Select(t => t.Name))}; leave it out to run every variant whole");
        var path = $"with.{horizon.Name}";
        if (variants.SelectMany(v => v.Values).FirstOrDefault(v => v.Key.Text == path || v.Key.Text == "with") is { } varied) return Refuse(varied.Key.Place, $"halving decides how far each variant goes, so {path} cannot vary", $"set {path} once: it is how far the last ones go");
        if (Whole(step, horizon, type) is not { } whole) return null;
        var (first, factor) = ((long)bound["first_rung"]!, (long)bound["reduction_factor"]!);
        if (first >= whole) return Refuse(options.Value.Locate(given.Value, "first_rung")?.Place ?? key.Place, $"the first rung is at {first:N0}, and {path} is {whole:N0}", $"write a first_rung below {whole:N0}: those that go on from it are trained further");
        if (variants.Count < 2) return Refuse(key.Place, $"the matrix of '{id}' makes one variant, so there is nothing to compare", "give the matrix more values, or leave halving out");
        var horizons = new List<long> { first };
        // The last one goes the rest of the way at once: there is nobody left to compare it with.
        while (Halving.Left(variants.Count, factor, horizons.Count + 1) > 1 && horizons[^1] <= (whole - 1) / factor) horizons.Add(horizons[^1] * factor);
        horizons.Add(whole);
        if (variants.Count * horizons.Count > Matrix.MostVariants) return Refuse(key.Place, $"{variants.Count:N0} variants at {horizons.Count} rungs are more than the {Matrix.MostVariants:N0} steps that a matrix may make", "give fewer values, a later first_rung or a greater reduction_factor");
        return new(key, horizons, factor);
    }

    /// <summary>How far the step goes as written, or by default.</summary>
    private long? Whole(MapNode step, Option horizon, StepType type)
    {
        if ((step["with"] as MapNode)?[horizon.Name] is not { } written) return (long?)horizon.Default;
        if (written is ScalarNode { Text: var text } && (text.Contains("matrix.", StringComparison.Ordinal) || Expressions.MetricIn((ScalarNode)written) is not null))
        {
            Refuse(written.Place, $"halving needs to know how far the step goes, and '{horizon.Name}' of {type.Name} is not the same for all variants or not known yet", "write a number, or ${{ params.NAME }}");
            return null;
        }

        // What is no number is for the reader of the step to refuse, at the same place.
        return expressions.Resolve(written) is ScalarNode { Plain: true } number && Scalars.Integer(number.Text) is { } whole ? whole : null;
    }

    private Halving? Refuse(Place at, string message, string remedy)
    {
        problems.Add(ProblemCodes.BadMatrix, at, message, remedy);
        return null;
    }
}
