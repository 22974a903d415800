using System.Collections.Frozen;

namespace Pipeline.Data.Privacy;

/// <summary>
/// Whether the last label of a name can be a top-level domain: of two ASCII letters one of the countries' (ISO 3166 and the few beside it), of more letters any that is no extension of files, for names of more letters are given
/// out every year. <c>logo@2x.png</c> has none.
/// </summary>
internal static class TopLevelDomains
{
    private const int Longest = 24;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Countries = Set(
        "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk "
        + "fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh "
        + "mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz "
        + "tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Extensions = Set(
        "apk asm avif avi bak bat bin bmp bundle bz2 cfg class cmd conf config cpp csproj css csv cur dat db deb diff dll dmg doc docx dylib eot eps epub exe flac flv gem gif gitignore gpg gradle gzip h264 heic hpp htm html "
        + "ico ics inc ini ipynb iso jar java jpeg jpg js json jsonl jsx less lib lock log lua m4a m4v map markdown mdx mjs mkv mov mp3 mp4 mpeg mpg msi node obj odt ogg otf out parquet patch pdf pem php png ppt pptx "
        + "properties props proto ps1 psd pyc pyi qml rar raw rpm rst rtf sass scss sh256 so sql sqlite svg svgz swf swift tar targets tex tgz tif tiff toml tpl ts tsv tsx ttf txt vb vue war wasm wav webm webp whl wmv woff "
        + "woff2 xhtml xls xlsx xml xsd xsl yaml yml zip zst");

    public static bool IsPlausible(ReadOnlySpan<char> label)
    {
        if (label.Length is < 2 or > Longest) return false;
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase)) return label.Length > 4;
        foreach (var c in label)
            if (!char.IsLetter(c)) return false;
        return label.Length == 2 && System.Text.Ascii.IsValid(label) ? Countries.Contains(label) : !Extensions.Contains(label);
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(string names) => FrozenSet.Create(StringComparer.OrdinalIgnoreCase, names.Split(' ')).GetAlternateLookup<ReadOnlySpan<char>>();
}
