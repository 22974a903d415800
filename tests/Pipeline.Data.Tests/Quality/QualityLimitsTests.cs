using Pipeline.Data.Quality;

namespace Pipeline.Data.Tests.Quality;

public sealed class QualityLimitsTests
{
    public static TheoryData<object> Blocks => [new GopherQualityLimits(), new GopherRepetitionLimits(), new DolmaRepetitionLimits(), new C4Limits(), new DolmaC4Limits(), new FineWebLimits()];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void No_number_of_a_block_may_be_below_zero_or_none_and_what_is_published_may_be(object limits)
    {
        Assert.Empty(QualityLimits.Wrong(limits));
        foreach (var property in limits.GetType().GetProperties().Where(p => p.PropertyType == typeof(int) || p.PropertyType == typeof(double)))
        {
            foreach (var value in property.PropertyType == typeof(int) ? (object[])[-1, int.MinValue] : [-0.01, double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            {
                var wrong = limits.GetType().GetMethod("<Clone>$")!.Invoke(limits, null)!;
                property.SetValue(wrong, value);
                Assert.Equal(property.Name, Assert.Single(QualityLimits.Wrong(wrong)).Property);
            }
        }
    }
}
