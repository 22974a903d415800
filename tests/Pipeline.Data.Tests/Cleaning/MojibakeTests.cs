using System.Text;
using CsCheck;
using Pipeline.Data.Cleaning;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Cleaning;

public class MojibakeTests
{
    private static readonly string[] Lines =
    [
        "Le café « Chez Zoé » n’était déjà plus là…", "„Größe“ — so heißt es — kostet 5 €.", "Příliš žluťoučký kůň", "Все счастливые семьи похожи друг на друга", "Ελλάδα, η χώρα του ήλιου", "naïve façade", "日本語の文章", "emoji 😀 here",
        "NÃO É IRMÃO", "CAFÉ»", "ÉTÉ À PARIS: «À BIENTÔT»", "Temperature 20 °C ± 2", "São Tomé and Príncipe", "½ × ¼ ÷ 2", "plain words",
    ];

    [Theory]
    [InlineData("cafÃ©", "café")]
    [InlineData("donâ€™t stopâ€¦", "don’t stop…")]
    [InlineData("â€œquotedâ€\u009d", "“quoted”")]
    [InlineData("CAFÃ‰", "CAFÉ")]
    [InlineData("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет")]
    [InlineData("ðŸ˜€", "😀")]
    [InlineData("cafÃƒÂ©", "café")]
    [InlineData("good “quotes” and a badly read cafÃ©s", "good “quotes” and a badly read cafés")]
    [InlineData("é and donâ€™t", "é and don’t")]
    public void UTF8_that_was_read_as_something_else_is_repaired(string broken, string text) => Assert.Equal(text, Mojibake.Repair(broken));

    [Fact]
    public void Good_text_stays() => Assert.All(Lines, line => Assert.Same(line, Mojibake.Repair(line)));

    [Fact]
    public void What_was_broken_once_or_twice_is_whole_again() =>
        Gen.Int[0, Lines.Length - 1].Array[1, 4].Select(Gen.Int[0, 2], Gen.Bool).Sample((picks, times, latin) =>
        {
            var text = string.Join('\n', picks.Select(p => Lines[p]));
            var broken = text;
            for (var i = 0; i < times; i++) broken = Misread(broken, latin);
            Assert.Equal(text, Mojibake.Repair(broken));
        }, iter: 300);

    [Fact]
    public void Repairing_again_changes_nothing() =>
        Gen.Char["aÃÂâ€™œ©¨éб\n \u0080\u00a0ð"].Array[0, 40].Sample(characters =>
        {
            var once = Mojibake.Repair(new string(characters));
            Assert.Equal(Mojibake.Repair(once), Mojibake.Repair(Mojibake.Repair(once)));
        }, iter: 2000);

    [Fact]
    public void No_character_that_stands_for_code_is_made() => Assert.All(Enumerable.Range('\ufdd0', 32), code =>
    {
        var misread = Misread($"{(char)code} {(char)code}{(char)code} {(char)code}", latin: true);
        Assert.Equal(misread, Mojibake.Repair(misread));
        Assert.Equal(misread, Mojibake.Repair(Misread(misread, latin: true)));
    });

    [Fact]
    public void Books_and_transcripts_are_not_harmed()
    {
        var folder = SharedData.Find("transcripts/practicalai");
        Assert.SkipWhen(folder is null, "transcripts are absent");
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(60))
        {
            var text = File.ReadAllText(file);
            Assert.Same(text, Mojibake.Repair(text));
        }
    }

    private static string Misread(string text, bool latin)
    {
        var encoding = latin ? Encoding.Latin1 : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        return encoding.GetString(Encoding.UTF8.GetBytes(text));
    }
}
