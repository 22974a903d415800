using Pipeline.Data.Documents;
using Pipeline.Data.Languages;
using Pipeline.Data.Tests.Collection;

namespace Pipeline.Data.Tests.Documents;

public class LanguageTagsTests
{
    [Theory]
    [InlineData("no", "nb")]
    [InlineData("nb-NO", "nb-NO")]
    [InlineData("NO_no", "nb-no")]
    [InlineData(" en_US ", "en-US")]
    [InlineData("iw", "he")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void A_language_has_one_tag(string? stated, string? tag) => Assert.Equal(tag, LanguageTags.Canonical(stated));

    [Fact]
    public void What_a_page_states_and_what_is_kept_go_by_it()
    {
        var page = Collect.One("a.html", "<html lang=no><body><article><p>Det var en gang en konge som hadde tre sønner, og de bodde i et stort slott ved havet, der ingen fremmede kom.</p></article></body></html>")[0];
        Assert.Equal("nb", page.Language);
        Assert.Contains("nb", LanguageModel.Default.Languages);
        var filter = new LanguageFilter(["no"], 0);
        var kept = filter.Apply(page with { Language = "no" }, filter.NewTally());
        Assert.Equal("nb", kept!.Language);
        Assert.DoesNotContain("declared", string.Join(' ', kept.Metadata.Keys), StringComparison.Ordinal);
    }
}
