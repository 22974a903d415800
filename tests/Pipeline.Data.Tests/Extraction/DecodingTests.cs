using System.Text;
using Pipeline.Data.Extraction;
using Pipeline.Data.Tests.Collection;

namespace Pipeline.Data.Tests.Extraction;

public class DecodingTests
{
    private const string Czech = "Příliš žluťoučký kůň úpěl ďábelské ódy. Ještě že umíme česky a můžeme to říct nahlas, když se všichni dívají.";
    private const string Polish = "Zażółć gęślą jaźń. Wczoraj poszliśmy do miasta, żeby kupić świeże bułki, mleko i trochę śliwek dla całej rodziny.";
    private const string German = "Die Straße führt über die Brücke zum Schloß, wo größere Bäume stehen und früher Könige wohnten.";
    private const string French = "L’été dernier, nous avons été à la plage où les élèves jouaient déjà; c’était très agréable et ça m’a plu.";
    private const string Russian = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.";
    private const string Ukrainian = "Ще не вмерла України і слава, і воля, ще нам, браття молодії, усміхнеться доля.";
    private const string Greek = "Σε γνωρίζω από την κόψη του σπαθιού την τρομερή, σε γνωρίζω από την όψη που με βια μετράει τη γη.";
    private const string Turkish = "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve kardeşçe davranmalıdırlar.";
    private const string Hebrew = "בראשית ברא אלהים את השמים ואת הארץ והארץ היתה תהו ובהו וחשך על פני תהום";
    private const string Arabic = "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح الإخاء";
    private const string Latvian = "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar saprātu un sirdsapziņu.";
    private const string Japanese = "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられている。";
    private const string Korean = "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았다.";
    private const string Simplified = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。";
    private const string Traditional = "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。";
    private const string Thai = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม";

    public static TheoryData<string, string> Encoded => new()
    {
        { "windows-1250", Czech }, { "iso-8859-2", Czech }, { "windows-1250", Polish }, { "iso-8859-2", Polish }, { "windows-1252", German }, { "windows-1252", French }, { "windows-1251", Russian }, { "koi8-r", Russian },
        { "iso-8859-5", Russian }, { "cp866", Russian }, { "windows-1251", Ukrainian }, { "koi8-u", Ukrainian }, { "windows-1253", Greek }, { "windows-1254", Turkish }, { "windows-1255", Hebrew }, { "windows-1256", Arabic },
        { "iso-8859-6", Arabic }, { "windows-1257", Latvian }, { "shift_jis", Japanese }, { "euc-jp", Japanese }, { "iso-2022-jp", Japanese }, { "ks_c_5601-1987", Korean }, { "gb18030", Simplified }, { "big5", Traditional },
        { "windows-874", Thai }, { "utf-16", Russian }, { "utf-16BE", French }, { "utf-32", German }, { "utf-32BE", Czech }, { "utf-16", Simplified + "\n" }, { "utf-16BE", Japanese + "\r\n" },
    };

    [Theory]
    [InlineData("windows-1255", "שלום עולם|תודה רבה|מה שלומך היום|ירושלים|לילה טוב|אני לא יודע|חדשות הספורט|ספר לימוד|משרד החינוך|כל הזכויות שמורות|צור קשר")]
    [InlineData("windows-1253", "καλημέρα κόσμε|ευχαριστώ πολύ|Αθήνα|η Ελλάδα είναι ωραία|πώς είσαι σήμερα|νέα και αθλητικά|επικοινωνία|όλα τα δικαιώματα|βιβλίο|ο άνθρωπος")]
    [InlineData("windows-1251", "Привет, мир|спасибо большое|Москва|доброе утро|да, конечно|книга|все права защищены|добър ден|свържете се с нас|новости спорта")]
    public void A_few_words_of_a_script_are_known(string charset, string phrases)
    {
        var encoding = Charsets.Named(charset)!;
        Assert.All(phrases.Split('|'), phrase => Assert.Equal(phrase, TextDecoder.Decode("a", encoding.GetBytes(phrase)).Text));
    }

    [Fact]
    public void A_stray_byte_costs_itself_and_not_the_text()
    {
        byte[] damaged = [.. System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("na\u00efve caf\u00e9\n", 50))), 0xe9, .. Encoding.UTF8.GetBytes("! caf\u00e9")];
        var (text, encoding) = TextDecoder.Decode("a.txt", damaged);
        Assert.Equal("utf-8 (damaged)", encoding);
        Assert.StartsWith("na\u00efve caf\u00e9\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\ufffd! caf\u00e9", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("windows-1252", German, German)]
    [InlineData("windows-1252", French, Simplified)]
    [InlineData("windows-1251", Russian, German)]
    [InlineData("ibm850", German, French)]
    public void Lines_of_another_encoding_among_lines_of_utf_8_are_read_as_what_they_are(string charset, string legacy, string modern)
    {
        foreach (var times in (int[])[1, 40])
        {
            byte[] bytes = [.. Enumerable.Repeat((byte[])[.. Encoding.UTF8.GetBytes(modern + "\n"), .. Named(charset).GetBytes(legacy + "\r\n"), .. "plain\n"u8], times).SelectMany(b => b)];
            var (text, encoding) = TextDecoder.Decode("a.txt", bytes);
            Assert.Equal(string.Concat(Enumerable.Repeat(modern + "\n" + legacy + "\r\nplain\n", times)), text);
            Assert.StartsWith("utf-8 (some lines ", encoding, StringComparison.Ordinal);
            Assert.True(TextDecoder.IsDoubtful(encoding));
        }
    }

    /// <summary>English has marks alone beyond ASCII, and any encoding makes letters of them.</summary>
    [Theory]
    [InlineData("It’s also fine “here”.")]
    [InlineData("Well… he said — and left.")]
    [InlineData("Well… he said – and left.")]
    [InlineData("“My dear Mr. Bennet,” said his lady to him one day, “have you heard that Netherfield Park is let at last?”")]
    [InlineData("Alice’s Adventures in Wonderland: ‘and what is the use of a book,’ thought Alice ‘without pictures or conversations?’")]
    [InlineData("• First item\n• Second item\n")]
    [InlineData("It costs £5, or €6.")]
    [InlineData("About 5 € each.")]
    [InlineData("It is 20 °C ± 2 at noon, and 5 × 6 is thirty.")]
    [InlineData("© 1999 by the authors. All rights of the Acme™ and Foo® brands…")]
    [InlineData("They’ll say we’re late; I’ve said it’d do, and I’m sure you don’t.")]
    [InlineData("Don’t worry—everything’s fine…")]
    [InlineData("café, naïve and résumé; Zoë’s jalapeño costs £5.")]
    public void Marks_of_Windows_are_no_letters_of_others(string text)
    {
        var windows = Named("windows-1252");
        Assert.Equal(text, windows.GetString(windows.GetBytes(text)));
        foreach (var around in (string[])["", "Plain words before it and after it.\n"])
        {
            var whole = string.Concat(around, text, "\n", around);
            Assert.Equal((whole, "windows-1252"), TextDecoder.Decode("a.txt", windows.GetBytes(whole)));
            // A line of it in a text of UTF-8, which is doubtful.
            byte[] mixed = [.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("“Café” ligne.\n", 3))), .. windows.GetBytes(whole)];
            Assert.Equal((string.Concat(Enumerable.Repeat("“Café” ligne.\n", 3)) + whole, "utf-8 (some lines windows-1252)"), TextDecoder.Decode("a.txt", mixed));
        }
    }

    [Theory]
    [InlineData("“My dear Mr. Bennet,” said his lady to him one day, “have you heard that Netherfield Park is let at last?”")]
    [InlineData("Alice’s Adventures in Wonderland: ‘and what is the use of a book,’ thought Alice – it’s true.")]
    public void Marks_of_old_Macs_are_no_letters_of_Windows(string text) =>
        Assert.Equal((text, "macintosh"), TextDecoder.Decode("a.txt", Named("macintosh").GetBytes(text)) is var (read, encoding) ? (read, encoding.Split(' ')[0]) : default);

    [Fact]
    public void One_line_of_UTF_8_among_some_of_Windows_is_read_as_what_it_is()
    {
        byte[] bytes = [.. "Plain words first.\n"u8, .. Encoding.UTF8.GetBytes("A café.\n"), .. Enumerable.Repeat(Named("windows-1252").GetBytes("It’s a café.\n"), 5).SelectMany(b => b)];
        Assert.Equal("Plain words first.\nA café.\n" + string.Concat(Enumerable.Repeat("It’s a café.\n", 5)), TextDecoder.Decode("a.txt", bytes).Text);
    }

    [Fact]
    public void A_text_of_UTF_8_that_is_cut_within_a_character_loses_that_one()
    {
        var bytes = Encoding.UTF8.GetBytes("He said “yes” and a “😀");
        for (var cut = 1; cut < 4; cut++) Assert.Equal(("He said “yes” and a “\ufffd", "utf-8 (damaged)"), TextDecoder.Decode("a.txt", bytes.AsSpan(0, bytes.Length - cut)));
    }

    [Theory]
    [InlineData("ibm437", German)]
    [InlineData("ibm850", German)]
    [InlineData("ibm850", "Déjà vu: l'été où les élèves étaient à la plage, ça m'a plu. À bientôt, Françoise!")]
    [InlineData("ibm437", "El niño comió jamón en el jardín; mañana irá a la montaña con su compañero.")]
    [InlineData("macintosh", German)]
    [InlineData("macintosh", French)]
    [InlineData("macintosh", "El niño comió jamón en el jardín; mañana irá a la montaña con su compañero. ¿Qué tal?")]
    [InlineData("ibm437", "╔══════════════╗\r\n║ Installation ║\r\n╚══════════════╝\r\n┌───────┬──────┐\r\n│ Press │ a key│\r\n└───────┴──────┘\r\n")]
    [InlineData("ibm437", "┌──────────┐\r\n│ Größe    │ über die Straße\r\n└──────────┘\r\n")]
    public void Texts_of_DOS_and_of_old_Macs_are_known(string charset, string text)
    {
        Assert.Equal(text, Named(charset).GetString(Named(charset).GetBytes(text)));
        var (read, _) = TextDecoder.Decode("a.txt", Named(charset).GetBytes(text));
        Assert.Equal(text, read);
    }

    [Fact]
    public void A_guess_that_others_fit_as_well_is_told_counted_and_named()
    {
        // Signs that say nothing of a language.
        var found = Collect.All("a.txt", [.. "cost: "u8, 0xa4, .. " 5 and "u8, 0xbd, (byte)'\n']);
        var encoding = Assert.Single(found.Documents).Metadata["encoding"];
        Assert.Contains(" (", encoding, StringComparison.Ordinal);
        Assert.Equal((1, $"a.txt: {encoding}"), (found.Tally.DoubtfulEncodings, Assert.Single(found.Tally.DoubtfullyEncoded!)));
        Assert.Equal(0, Collect.All("a.txt", Named("windows-1252").GetBytes(German)).Tally.DoubtfulEncodings);
    }

    [Theory]
    [MemberData(nameof(Encoded))]
    public void Text_of_no_stated_encoding_is_read_by_what_its_bytes_make(string charset, string text)
    {
        var encoding = Named(charset);
        Assert.Equal(text, encoding.GetString(encoding.GetBytes(text)));
        Assert.Equal(text, Assert.Single(Collect.One("a.txt", encoding.GetBytes(text))).Text);
        var longer = string.Join("\nplain words and a number 12 between\n", Enumerable.Repeat(text, 300));
        Assert.Equal(longer, Assert.Single(Collect.One("a.txt", encoding.GetBytes(longer))).Text);
    }

    [Theory]
    [InlineData("utf-8", German)]
    [InlineData("utf-16", Russian)]
    [InlineData("utf-16BE", Russian)]
    [InlineData("utf-32", Japanese)]
    [InlineData("utf-32BE", Japanese)]
    public void A_byte_order_mark_decides(string charset, string text) =>
        Assert.Equal(text, Assert.Single(Collect.One("a.txt", [.. Named(charset).Preamble, .. Named(charset).GetBytes(text)])).Text);

    [Theory]
    [InlineData("koi8-r", Russian)]
    [InlineData("gb2312", Simplified)]
    [InlineData("iso-8859-1", "“quoted” – in Latin-1, as Windows writes it")]
    public void A_page_is_read_by_the_charset_it_declares_unless_it_lies(string charset, string text)
    {
        var bytes = Named(charset == "iso-8859-1" ? "windows-1252" : charset).GetBytes($"<meta charset={charset}><p>{text}");
        Assert.Equal(text, Assert.Single(Collect.One("a.html", bytes)).Text);
        var lie = Named("windows-1251").GetBytes($"<meta charset=euc-jp><p>{Russian}");
        Assert.Equal(Russian, Assert.Single(Collect.One("a.html", lie)).Text);
    }

    private static Encoding Named(string charset) => CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
}
