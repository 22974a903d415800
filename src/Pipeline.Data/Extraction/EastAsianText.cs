using System.Buffers;

namespace Pipeline.Data.Extraction;

/// <summary>How much a text looks Chinese, Japanese or Korean, as the sum of natural logarithms over what is beyond ASCII.</summary>
internal static class EastAsianText
{
    private static readonly SearchValues<char> Simplified = SearchValues.Create(
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运");

    private static readonly SearchValues<char> Traditional = SearchValues.Create(
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運");

    private static readonly SearchValues<char> Hangul = SearchValues.Create("이다는에의을가고하지한로도기서사어인자를은리시그나아있정대스것전해라일과으상수들부여보만니원제게장었소우주적공구화성국조신경동문비생용오유선안관식연학중계방무계개명모위분실교세력입");

    private const double Common = -6, Usual = -10, NarrowKana = -6.5, NarrowAlone = -11, Kana = -4.5, Mark = -5, Odd = -13, Other = -26, BesideLatin = -5;

    /// <param name="encoding">What decoded it, as each is of one language.</param>
    public static double Score(string encoding, string text)
    {
        var sum = 0.0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80) continue;
            sum += IsNarrow(c) ? (i > 0 && IsNarrow(text[i - 1])) || (i + 1 < text.Length && IsNarrow(text[i + 1])) ? NarrowKana : NarrowAlone : Likelihood(encoding, c);
            // In a word of Latin letters a character of these scripts is chance.
            if (i > 0 && char.IsAsciiLetter(text[i - 1]) || i + 1 < text.Length && char.IsAsciiLetter(text[i + 1])) sum += BesideLatin;
        }

        return sum;
    }

    private static bool IsNarrow(char c) => c is >= '\uff61' and <= '\uff9f';

    private static double Likelihood(string encoding, char c)
    {
        var (japanese, korean) = (encoding is "shift_jis" or "euc-jp", encoding is "ks_c_5601-1987" or "johab");
        return c switch
        {
            >= '\u3040' and <= '\u30ff' => japanese ? Kana : Odd,
            >= '\uac00' and <= '\ud7a3' => !korean ? Other : Hangul.Contains(c) ? Common : Usual,
            >= '\u4e00' and <= '\u9fff' => encoding switch
            {
                "gb18030" => Simplified.Contains(c) ? Common : Usual,
                "big5" => Traditional.Contains(c) ? Common : Usual,
                _ when korean => Odd,
                // Two thirds of Japanese are kana.
                _ => (Traditional.Contains(c) || Simplified.Contains(c) ? Common : Usual) - 1.5,
            },
            (>= '\u3000' and <= '\u3011') or (>= '\uff01' and <= '\uff5e') => Mark,
            (>= '\u2010' and <= '\u2026') or '·' => Usual,
            (>= '\ue000' and <= '\uf8ff') or '\ufffd' => Other,
            _ => Odd,
        };
    }
}
