using Pipeline.Data.Documents;
using Pipeline.Data.Languages;

namespace Pipeline.Data.Tests.Languages;

public sealed class LanguageTests
{
    private static readonly LanguageIdentifier Identifier = new(LanguageModel.Default);

    /// <summary>The first article of the Universal Declaration of Human Rights.</summary>
    public static TheoryData<string, string> Declaration() => new()
    {
        { "en", "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood." },
        { "de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen." },
        { "fr", "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité." },
        { "es", "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros." },
        { "it", "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza." },
        { "pt", "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade." },
        { "nl", "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen." },
        { "sv", "Alla människor är födda fria och lika i värde och rättigheter. De har utrustats med förnuft och samvete och bör handla gentemot varandra i en anda av gemenskap." },
        { "fi", "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä." },
        { "pl", "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa." },
        { "hu", "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek." },
        { "tr", "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler." },
        { "ru", "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства." },
        { "uk", "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства." },
        { "el", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση." },
        { "zh", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。" },
        { "ja", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。" },
        { "ko", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다." },
    };

    [Theory]
    [MemberData(nameof(Declaration))]
    public void A_sentence_is_in_its_language(string language, string text)
    {
        var found = Identifier.Identify(text);
        Assert.Equal(language, found.Language);
        Assert.InRange(found.Score, 0.65, 1);
    }

    [Fact]
    public void A_text_of_two_languages_is_sure_of_neither()
    {
        var texts = Declaration().ToDictionary(r => r.Data.Item1, r => r.Data.Item2);
        var mixed = Identifier.Identify(string.Concat(Enumerable.Repeat(texts["en"] + " ", 5)) + string.Concat(Enumerable.Repeat(texts["ru"] + " ", 5)));
        Assert.InRange(mixed.Score, 0.35, 0.65);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234 5678 -- 90")]
    [InlineData("\ud83d\ude00")]
    public void Where_nothing_is_known_the_language_is_und(string text) => Assert.Equal(new(LanguageIdentifier.Undetermined, 0), Identifier.Identify(text));

    [Fact]
    public void Language_and_score_are_written_and_others_dropped()
    {
        var texts = Declaration().ToDictionary(r => r.Data.Item1, r => r.Data.Item2);
        var filter = new LanguageFilter(["en"], 0.65);
        var tally = filter.NewTally();
        var kept = filter.Apply(Document.Create("a", texts["en"]) with { Language = "fr" }, tally)!;
        Assert.Equal(("en", "fr"), (kept.Language, kept.Metadata[LanguageFilter.DeclaredKey]));
        Assert.InRange(double.Parse(kept.Metadata[LanguageFilter.ScoreKey], System.Globalization.CultureInfo.InvariantCulture), 0.9, 1);
        Assert.Null(filter.Apply(Document.Create("b", texts["de"]), tally));
        Assert.Null(filter.Apply(Document.Create("c", "12"), tally));
        var funnel = tally.ToFunnel();
        Assert.Equal(1, funnel.Rules[0].DocumentsOut);
        Assert.StartsWith("de ", funnel.Rules[0].Samples[0].Value, StringComparison.Ordinal);
        Assert.Equal(["de", "en", "und"], funnel.Found!.Keys);
        Assert.Equal((null, "score"), (Filtered.By(new LanguageFilter([], 1.0), "the of und der").Text, Filtered.By(new LanguageFilter([], 1.0), "the of und der").Rule));
    }

    [Fact]
    public void A_damaged_model_is_refused()
    {
        using var whole = new MemoryStream();
        new LanguageModel(["en", "de"], [(7, [(0, 9)]), (9, [(1, 3), (0, 1)])]).Write(whole);
        var again = LanguageModel.Read(new MemoryStream(whole.ToArray()));
        Assert.Equal(["en", "de"], again.Languages);
        Assert.Throws<InvalidDataException>(() => LanguageModel.Read(new MemoryStream(whole.ToArray()[..^6])));
        Assert.Throws<InvalidDataException>(() => LanguageModel.Read(new MemoryStream([1, 2, 3])));
    }
}
