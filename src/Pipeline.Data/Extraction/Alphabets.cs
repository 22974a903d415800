namespace Pipeline.Data.Extraction;

/// <summary>How much a text looks like one language of letters, in points for each character that is no ASCII. For each language what its alphabet has beyond ASCII, in lower case.</summary>
internal static class Alphabets
{
    /// <summary>Letters that are words.</summary>
    private const string Words = "àáâãéèêíìóòôùæåøöőœавикосуяіїεηοו";

    private static readonly string[] Languages =
    [
        "àâäçéèêëîïôöùûüÿœæ", "äöüßé", "áéíñóúüªº", "àáâãçéêíóôõúü", "àèéìíîòóùú", "æøåéèêóòâ", "äöåéà", "ëïéèáüöó", "áðéíóúýþæö", "áéíóöőúüű", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "ăâîșțşţ",
        "çğıiöşüâîû", "āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž", "çëáéíóôûŷŵ",
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдежзийклмнопрстуфхцчшщъьюяѝ", "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ",
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", "אבגדהוזחטיךכלםמןנסעףפץצקרשת", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگـًٌٍَُِّْ،؛؟", "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮะัาำิีึืฺุูเแโใไๅๆ็่้๊๋์ํ๎๐๑๒๓๔๕๖๗๘๙",
    ];

    /// <summary>The letters that make up half of a text in these scripts.</summary>
    private const string Common = "оеаинтсрвлαοιετσνηυאהוילמרתابتلمنويهรนกอา";

    private static readonly HashSet<char>[] Sets = [.. Languages.Select(l => l.ToHashSet())];
    private static readonly HashSet<char> CommonLetters = [.. Common];

    /// <summary>A mark that stands on nothing, or a letter that is rare: any bytes from A1 on are Thai letters.</summary>
    private static bool IsOddThai(char before, char c) =>
        c is 'ั' or (>= 'ิ' and <= 'ฺ') or (>= '็' and <= '๎') ? before is not ((>= 'ก' and <= 'ฮ') or 'ั' or (>= 'ิ' and <= 'ฺ') or (>= '็' and <= '๎')) : c is 'ฃ' or 'ฅ' or 'ฆ' or 'ฌ' or 'ฎ' or 'ฏ' or 'ฑ' or 'ฒ' or (>= '๏' and <= '๛');

    private static bool IsFrameOrBlank(char c) => c is >= '\u2500' and <= '\u259f' || char.IsWhiteSpace(c);

    public static double Score(string text)
    {
        var (letters, others, foreign) = (new int[Sets.Length], 0, 0);
        var (bonus, count) = (0.0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80) continue;
            count++;
            var (before, after) = (i > 0 ? text[i - 1] : ' ', i + 1 < text.Length ? text[i + 1] : ' ');
            var lower = char.ToLowerInvariant(c);
            var known = false;
            for (var language = 0; language < Sets.Length; language++)
            {
                if (!Sets[language].Contains(lower)) continue;
                letters[language]++;
                known = true;
            }

            if (!known)
            {
                // Frames stand by frames and blanks, and in no word.
                if (c is >= '\u2500' and <= '\u259f') bonus += IsFrameOrBlank(before) && IsFrameOrBlank(after) ? .6 : -1.5;
                else if (TypographicMarks.Contains(c)) bonus += TypographicMarks.Points(text, i);
                else if (char.IsLetter(c)) foreign++;
                else bonus -= char.IsControl(c) ? 3 : 1.5;
                others++;
                continue;
            }

            // Case goes wrong where an encoding is: capitals follow small letters.
            if (char.IsUpper(c) && char.IsLower(before)) bonus -= 1.5;
            else if (char.IsUpper(c) && char.IsUpper(before) && char.IsLower(after)) bonus -= 1;
            if (c > 'ɏ' && (char.IsAsciiLetter(before) || char.IsAsciiLetter(after))) bonus -= 2;
            if (!char.IsLetter(before) && !char.IsLetter(after))
            {
                if (!Words.Contains(lower) || char.IsAsciiDigit(before) || char.IsAsciiDigit(after)) bonus -= .5;
            }
            else if (CommonLetters.Contains(c))
            {
                bonus += .4;
            }

            if (c is >= 'ก' and <= '๛' && IsOddThai(before, c)) bonus -= 2;
            bonus -= WordShapes.Oddness(text, i);
        }

        if (count == 0) return 0;
        var best = letters.Max();
        // What is a letter, but not of the language that has most of them.
        var strangers = count - others - best;
        return (best + bonus - 3 * strangers - 2 * foreign) / count;
    }
}
