using Pipeline.Data.Readers;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Data.Tests.Readers;

public sealed class PredictorTests
{
    [Theory]
    [InlineData(12, 0, false)]
    [InlineData(12, -1, false)]
    [InlineData(2, 0x2000_0000, false)]
    [InlineData(12, 4, true)]
    [InlineData(1, 0, true)]
    public void Rows_of_no_bytes_are_refused_before_the_library_fills_them_without_end(int predictor, int columns, bool isRead)
    {
        var parameters = new DictionaryToken(new Dictionary<NameToken, IToken> { [NameToken.Predictor] = new NumericToken(predictor), [NameToken.Columns] = new NumericToken(columns) });
        void Look() => UnpackedBytes.Of(new FlateFilter(), new byte[10], parameters, 1 << 20);
        if (isRead) Look();
        else Assert.Contains("/Columns", Assert.Throws<InvalidDataException>(Look).Message, StringComparison.Ordinal);
    }
}
