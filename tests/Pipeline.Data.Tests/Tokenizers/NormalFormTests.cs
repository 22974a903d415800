using System.Text;
using CsCheck;
using ICU4N.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers.Normalizing;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Unicode's forms piece by piece are those of the whole text, and take a time that is linear in it.</summary>
public class NormalFormTests
{
    private static readonly Dictionary<NormalizationForm, Normalizer2> Whole = new()
    {
        [NormalizationForm.FormC] = Normalizer2.NFCInstance,
        [NormalizationForm.FormD] = Normalizer2.NFDInstance,
        [NormalizationForm.FormKC] = Normalizer2.NFKCInstance,
        [NormalizationForm.FormKD] = Normalizer2.NFKDInstance,
    };

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Int[0, 0x10FFFF].Where(value => value is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32).Array[0, 60].Select(string.Concat),
        Pieces.Of("a", "e", " ", "ö", "\u0301", "\u0323", "\u0345", "“", "ﬁ", "\u1100", "\u1161", "\u11A8", "각", "か", "\u3099", "𝅘𝅥𝅮", "𠮷", "\uFFFD").Select(string.Concat));

    [Theory]
    [InlineData(NormalizationForm.FormC)]
    [InlineData(NormalizationForm.FormD)]
    [InlineData(NormalizationForm.FormKC)]
    [InlineData(NormalizationForm.FormKD)]
    public void Pieces_give_the_form_of_the_whole(NormalizationForm form) =>
        Gen.Select(AnyText, Gen.Int[1, 20]).Sample((part, times) =>
        {
            var text = WellFormedText.Of(string.Concat(Enumerable.Repeat(part, times)));
            Assert.Equal(Whole[form].Normalize(text), new UnicodeForm(form).Apply(text));
        }, iter: 200, threads: 1);

    [Fact]
    public void Half_a_million_marks_on_one_letter_stay_half_a_million()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0345\u0323", 250_000));
        Assert.Equal(text.Length, new UnicodeForm(NormalizationForm.FormD).Apply(text).Length);
        Assert.Equal("a", new BertNormalizer(true, true, null, true).Apply(text));
    }
}
