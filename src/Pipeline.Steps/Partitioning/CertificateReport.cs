using System.Globalization;
using Pipeline.Data.Partitioning;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Partitioning;

/// <summary>A certificate as metrics and summary of a step, which fails where it does not hold.</summary>
internal static class CertificateReport
{
    public static void Tell(Certificate certificate, StepContext context)
    {
        foreach (var (part, size) in certificate.Sizes)
        {
            context.Metric($"{OptionReader.SnakeCase(part.ToString())}.documents", size.Documents);
            context.Metric($"{OptionReader.SnakeCase(part.ToString())}.characters", size.Characters);
            if (size.Ratio is not null) context.Metric($"{OptionReader.SnakeCase(part.ToString())}.share", size.Share);
        }

        var (exact, near, ngram) = (certificate.Overlaps.Sum(o => o.Exact), certificate.Overlaps.Sum(o => o.Near), certificate.Overlaps.Sum(o => o.Ngram));
        context.Metric("overlap.exact", exact);
        context.Metric("overlap.near", near);
        context.Metric("overlap.ngram", ngram);
        context.Metric("overlap.groups", certificate.GroupLeaks);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{string.Join(" / ", certificate.Sizes.Values.Select(s => s.Documents.ToString("N0", CultureInfo.InvariantCulture)))}{Shares(certificate)} · overlap exact {exact}, near {near}, {certificate.Ngram}-gram {ngram}");
        if (!certificate.Holds) throw new StepFailedException("The parts overlap: " + string.Join("; ", certificate.Violations) + ".");
    }

    /// <summary>What was got and what was asked for, in percent.</summary>
    private static string Shares(Certificate certificate)
    {
        return certificate.Sizes.Values.Any(s => s.Ratio is null) ? "" : $" · {Percent(s => s.Share)} % of {Percent(s => s.Ratio!.Value)} %";

        string Percent(Func<PartSize, double> share) => string.Join(" / ", certificate.Sizes.Values.Select(s => (100 * share(s)).ToString("0.#", CultureInfo.InvariantCulture)));
    }
}
