using CsCheck;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Tests.Privacy;

public sealed class PersonalDataTests
{
    [Theory]
    // Mail addresses
    [InlineData("Write to ada.lovelace+x@mail.example.org.", "Write to [EMAIL].")]
    [InlineData("a@b and @ada and x@y.1", "a@b and @ada and x@y.1")]
    // Phones
    [InlineData("Call +44 20 7946 0958 now", "Call [PHONE] now")]
    [InlineData("+1 (212) 555-0123, +4930901820123", "[PHONE], [PHONE]")]
    [InlineData("(212) 555-0123 or 212-555-0123 or 212.555.0123 or 1-212-555-0123", "[PHONE] or [PHONE] or [PHONE] or [PHONE]")]
    [InlineData("0171 2345678, 020 7946 0958, 06.12.34.56.78, 0049 30 901820123", "[PHONE], [PHONE], [PHONE], [PHONE]")]
    [InlineData("In 2019 3,141,592 of 7000000000 people; 2020-01-02, 01-02-2003, 12:30:45, 10-20-30", "In 2019 3,141,592 of 7000000000 people; 2020-01-02, 01-02-2003, 12:30:45, 10-20-30")]
    [InlineData("ISBN 0-306-40615-2 and 978-0-306-40615-7, pages 100-200-3000", "ISBN 0-306-40615-2 and 978-0-306-40615-7, pages 100-200-3000")]
    [InlineData("112-555-0123 and 212-055-0123 and 1+2345678901 and C++11 and +0000", "112-555-0123 and 212-055-0123 and 1+2345678901 and C++11 and +0000")]
    [InlineData("v1.234.567.8901 and build 212-555-01234 and 3.14159265358979", "v1.234.567.8901 and build 212-555-01234 and 3.14159265358979")]
    // Internet addresses
    [InlineData("from 8.8.4.100, or 81.2.69.142/24.", "from [IP_ADDRESS], or [IP_ADDRESS]/24.")]
    [InlineData("10.0.0.1 127.0.0.1 192.168.1.1 172.16.0.9 169.254.1.1 100.64.0.1 192.0.2.7 198.51.100.7 203.0.113.7 224.0.0.1 0.1.2.3", "10.0.0.1 127.0.0.1 192.168.1.1 172.16.0.9 169.254.1.1 100.64.0.1 192.0.2.7 198.51.100.7 203.0.113.7 224.0.0.1 0.1.2.3")]
    [InlineData("see Section\u00a04.1.2.7, Sections 4.1.2.1 and 4.1.2.2, \u00a7 4.1.2.7, GCC 2.7.2.2\n24.2.2.1. Standard Collations\n- 4.8.3.1. Positional", "see Section\u00a04.1.2.7, Sections 4.1.2.1 and 4.1.2.2, \u00a7 4.1.2.7, GCC 2.7.2.2\n24.2.2.1. Standard Collations\n- 4.8.3.1. Positional")]
    [InlineData("ask 8.8.8.8 or 4.2.2.2. Then 9.9.9.9, 2001:4860:4860::8888, 192.88.99.1, 2001::1, 3fff::1 and 2002:0a00:0001::1", "ask 8.8.8.8 or 4.2.2.2. Then 9.9.9.9, 2001:4860:4860::8888, 192.88.99.1, 2001::1, 3fff::1 and 2002:0a00:0001::1")]
    [InlineData("it is 1.2.3.4 now, Foo/81.2.69.142, >= 81.2.69.142, \"^81.2.69.142\"", "it is 1.2.3.4 now, Foo/81.2.69.142, >= 81.2.69.142, \"^81.2.69.142\"")]
    [InlineData("IP 1.2.3.4, http://1.2.3.4/x, 1.2.3.4:80, ip => 81.2.69.142, 1.2.3.4 - - [01/Jan/2020]", "IP [IP_ADDRESS], http://[IP_ADDRESS]/x, [IP_ADDRESS]:80, ip => [IP_ADDRESS], [IP_ADDRESS] - - [01/Jan/2020]")]
    [InlineData("logo@2x.png, pkg@latest.tgz, a@b.js, x@y.json, me@host.io, me@shop.photography, me@x.zz", "logo@2x.png, pkg@latest.tgz, a@b.js, x@y.json, [EMAIL], [EMAIL], me@x.zz")]
    [InlineData("tel:5551234567, Phone: 555-1234, Tel. 5551234; hotel: 5551234567, tel: 12, +44 (0)20 7946 0958", "tel:[PHONE], Phone: [PHONE], Tel. [PHONE]; hotel: 5551234567, tel: 12, [PHONE]")]
    [InlineData("Version=4.5.6.7, version 1.2.3.4, v1.2.3.4, 4.0.0.0, 1.2.3.4-beta, 1.2.3.4.5, 256.1.1.1, 1.2.3.04", "Version=4.5.6.7, version 1.2.3.4, v1.2.3.4, 4.0.0.0, 1.2.3.4-beta, 1.2.3.4.5, 256.1.1.1, 1.2.3.04")]
    [InlineData("text\n3.1.4.1 Scope of this part", "text\n3.1.4.1 Scope of this part")]
    [InlineData("text\n                                        ## 3.1.4.1 Scope\n\n\u3000* 3.1.4.2 Terms", "text\n                                        ## 3.1.4.1 Scope\n\n\u3000* 3.1.4.2 Terms")]
    [InlineData("text ## 3.1.4.1 Scope\n- - 3.1.4.2 Terms\n3.1.4.1 3.1.4.2 Terms", "text ## 3.1.4.1 Scope\n- - 3.1.4.2 Terms\n3.1.4.1 3.1.4.2 Terms")]
    [InlineData("2a00:1450:4001:81b::200e and [2a00:1450:4860::8888]:53", "[IP_ADDRESS] and [[IP_ADDRESS]]:53")]
    [InlineData("std::begin, dead::beef, ::1, fe80::1, 2001:db8::1, 12:30:45, 2000:30", "std::begin, dead::beef, ::1, fe80::1, 2001:db8::1, 12:30:45, 2000:30")]
    // Cards
    [InlineData("4111 1111 1111 1111 and 5555-5555-5555-4444 and 378282246310005", "[CREDIT_CARD] and [CREDIT_CARD] and [CREDIT_CARD]")]
    [InlineData("3782 822463 10005, 6011111111111117.", "[CREDIT_CARD], [CREDIT_CARD].")]
    [InlineData("4111 1111 1111 1112, 1234567812345670, 4111-1111 1111-1111, 41111111111111111234567", "4111 1111 1111 1112, 1234567812345670, 4111-1111 1111-1111, 41111111111111111234567")]
    // IBAN
    [InlineData("DE89370400440532013000, GB82 WEST 1234 5698 7654 32.", "[IBAN], [IBAN].")]
    [InlineData("DE89370400440532013001, XX89370400440532013000, aDE89370400440532013000", "DE89370400440532013001, XX89370400440532013000, aDE89370400440532013000")]
    // SSN
    [InlineData("123-45-6789", "[SSN]")]
    [InlineData("000-45-6789 666-45-6789 900-45-6789 123-00-6789 123-45-0000 123-45-67890 1123-45-6789", "000-45-6789 666-45-6789 900-45-6789 123-00-6789 123-45-0000 123-45-67890 1123-45-6789")]
    // Secrets
    [InlineData("key AKIAIOSFODNN7EXAMPLE ends", "key [SECRET] ends")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789 xoxb-123456789012-abcdef AIzaSyA1234567890abcdefghijklmnopqrstuv", "[SECRET] [SECRET] [SECRET]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N and eyJust a word", "[SECRET] and eyJust a word")]
    [InlineData("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb -----BEGIN CERTIFICATE-----", "a\n[SECRET]\nb -----BEGIN CERTIFICATE-----")]
    [InlineData("password = \"x9Kq2LmZ8vRt4WpA\" and api_key: 'f3b1c2d4e5a69788b0c1d2e3f4a5b6c7'", "password = \"[SECRET]\" and api_key: '[SECRET]'")]
    [InlineData("The password must have 16 characters; token = GetAuthenticationToken(); AKIAIOSFODNN7 secret: understanding", "The password must have 16 characters; token = GetAuthenticationToken(); AKIAIOSFODNN7 secret: understanding")]
    // Mail addresses beyond ASCII, and what only looks like one
    [InlineData("jürgen.groß@müller-straße.de, иван@пример.рф, ada@xn--mller-kva.de, x@пример.xn--p1ai", "[EMAIL], [EMAIL], [EMAIL], [EMAIL]")]
    [InlineData("邮箱是abc@qq.com吧", "邮箱是[EMAIL]吧")]
    [InlineData("git@github.com:org/repo.git and deploy@host.example.org:/srv/www and ssh://ada@host.org/x", "git@github.com:org/repo.git and deploy@host.example.org:/srv/www and ssh://ada@host.org/x")]
    [InlineData("Mail: ada@mail.org: now; https://x.org/?to=ada@mail.org", "Mail: [EMAIL]: now; https://x.org/?to=[EMAIL]")]
    // Passwords in addresses
    [InlineData("postgres://app:s3cr3t!pw@db.example.org:5432/x and https://ada:h%40t@x.org/", "postgres://app:[SECRET]@db.example.org:5432/x and https://ada:[SECRET]@x.org/")]
    [InlineData("https://user:password@host.org, https://u:$PASS@host.org, http://host.org:8080/a:b@c, https://{user}:{password}@host.org", "https://user:password@host.org, https://u:$PASS@host.org, http://host.org:8080/a:b@c, https://{user}:{password}@host.org")]
    // Bearer tokens and headers
    [InlineData("Authorization: Bearer mF_9.B5f-4.1JqM", "Authorization: Bearer [SECRET]")]
    [InlineData("-H 'Authorization: Basic QWxhZGRpbjpvcGVu' -H \"authorization\": \"token 9f86d081884c7d659a2f\"", "-H 'Authorization: Basic [SECRET]' -H \"authorization\": \"token [SECRET]\"")]
    [InlineData("the Bearer scheme; Bearer authentication2 is; Authorization: Bearer <token>; Authorization: Basic realm; bearer of news", "the Bearer scheme; Bearer authentication2 is; Authorization: Bearer <token>; Authorization: Basic realm; bearer of news")]
    // Keys of Azure and AWS
    [InlineData("AccountName=x;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;EndpointSuffix=y", "AccountName=x;AccountKey=[SECRET];EndpointSuffix=y")]
    [InlineData("?sv=2022-11-02&sig=Z%2FRHIX5Xcg0Mq2rqI3OlWTjEg2tYkboXr1P9ZUXDtkk%3D&se=2030", "?sv=2022-11-02&sig=[SECRET]&se=2030")]
    [InlineData("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = [SECRET]")]
    [InlineData("sig=0 and config=default; design=ModernArchitecture2 and sig=sha256", "sig=0 and config=default; design=ModernArchitecture2 and sig=sha256")]
    // Passwords
    [InlineData("password = \"hunter2x\"; DB_PASSWORD='Tr0ub4dor&3'; pwd: S3cr3t!9; password: Summer2024", "password = \"[SECRET]\"; DB_PASSWORD='[SECRET]'; pwd: [SECRET]; password: [SECRET]")]
    [InlineData("{\"password\": \"P@ssword!\", \"passphrase\": \"correct9horse\"}", "{\"password\": \"[SECRET]\", \"passphrase\": \"[SECRET]\"}")]
    [InlineData("password: required; Password: optional. password = \"required\"; pwd: /home/ada2/x9; password=${DB_PASS1}; password: \"********\"", "password: required; Password: optional. password = \"required\"; pwd: /home/ada2/x9; password=${DB_PASS1}; password: \"********\"")]
    [InlineData("password = args.password1; password=getPassword2(x); pwd = userInput1; password: str=None; password: 'sha256'; password: at least 12 characters", "password = args.password1; password=getPassword2(x); pwd = userInput1; password: str=None; password: 'sha256'; password: at least 12 characters")]
    [InlineData("token_type = SAML.OasisWssSaml11TokenProfile11; self.secret = client_2022_10_01.config.secret", "token_type = SAML.OasisWssSaml11TokenProfile11; self.secret = client_2022_10_01.config.secret")]
    // Keys by shape
    [InlineData("sk-abcdEFGH1234ijklMNOP5678qrst xoxe-1-abcdefghij0123 hvs.CAESIJ1234567890abcdefghij", "[SECRET] [SECRET] [SECRET]")]
    [InlineData("task-1234567890abcdefghijABCDEFG sk-learn-contrib-extensions-2024-release sk-SK", "task-1234567890abcdefghijABCDEFG sk-learn-contrib-extensions-2024-release sk-SK")]
    [InlineData("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\nlQdGBF\n-----END PGP PRIVATE KEY BLOCK-----\nx", "[SECRET]\nx")]
    [InlineData("k = \"-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEE\\n-----END EC PRIVATE KEY-----\";", "k = \"[SECRET]\";")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\ncut short", "[SECRET]\ncut short")]
    [InlineData("if (text.StartsWith(\"-----BEGIN RSA PRIVATE KEY-----\")) return Key(text); // and more", "if (text.StartsWith(\"-----BEGIN RSA PRIVATE KEY-----\")) return Key(text); // and more")]
    // No phones
    [InlineData("<Buffer 01 02 03 04 05 06 07 08 9a> 48 65 06 12 34 56 78 and 0020 3132 3334 3536", "<Buffer 01 02 03 04 05 06 07 08 9a> 48 65 06 12 34 56 78 and 0020 3132 3334 3536")]
    [InlineData("01000-02000, 01.02.2003 1430, 01/02/2003 10 20, 0001-01-01 00 00, +2019-01-02", "01000-02000, 01.02.2003 1430, 01/02/2003 10 20, 0001-01-01 00 00, +2019-01-02")]
    [InlineData("ISBN 0306 406152, ISBN-13: 0978 030640615, version 01.23.45.67.89, Boston, MA 02110-1301", "ISBN 0306 406152, ISBN-13: 0978 030640615, version 01.23.45.67.89, Boston, MA 02110-1301")]
    [InlineData("call 06 12 34 56 78 or 04521-12345, MAMA 02110-1301", "call [PHONE] or [PHONE], MAMA [PHONE]")]
    public void What_is_personal_is_told_by_shape_bounds_and_checksum(string text, string redacted)
    {
        Assert.Equal(redacted, Redacted(text));
        Assert.Equal(redacted, Redacted(redacted));
    }

    [Fact]
    public void Every_kind_has_its_action_and_its_count()
    {
        const string Text = "a@b.org c@d.org 81.2.69.142 123-45-6789";
        var filter = new PersonalDataFilter(kind => kind switch { PersonalKind.Email => PersonalAction.Redact, PersonalKind.IpAddress => PersonalAction.Report, _ => PersonalAction.Ignore });
        var result = Filtered.By(filter, Text);
        Assert.Equal("[EMAIL] [EMAIL] 81.2.69.142 123-45-6789", result.Text);
        Assert.Equal([("email", 2L), ("email.documents", 1), ("ip_address", 1), ("ip_address.documents", 1)], result.Funnel.Found!.Select(f => (f.Key, f.Value)));

        var dropped = Filtered.By(new PersonalDataFilter(kind => kind == PersonalKind.Ssn ? PersonalAction.Drop : PersonalAction.Redact), Text);
        Assert.Equal((null, "ssn", "1"), (dropped.Text, dropped.Rule, dropped.Value));
    }

    [Fact]
    public void Nothing_that_was_found_is_in_a_funnel()
    {
        string[] found = ["ada@mail.org", "+44 20 7946 0958", "81.2.69.142", "4111 1111 1111 1111", "DE89370400440532013000", "123-45-6789", "AKIAIOSFODNN7EXAMPLE"];
        foreach (var action in Enum.GetValues<PersonalAction>())
        {
            var json = Filtered.By(new PersonalDataFilter(_ => action), $"{new string('x', 30)} {string.Join(" and ", found)}").Funnel.ToJson();
            Assert.All(found, f => Assert.DoesNotContain(f[..8], json, StringComparison.Ordinal));
        }

        // The samples of every filter are masked, also where an excerpt cuts through what is personal.
        var cleaner = new Data.Cleaning.TextCleaner(new() { MinimumWords = 100 });
        for (var before = 100; before < 125; before++)
            Assert.DoesNotContain("ada", Filtered.By(cleaner, new string('y', before) + " ada@mail.org").Funnel.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Spans_ascend_without_overlaps_and_masking_keeps_the_length() =>
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 20].Select(string.Concat).Sample(text =>
            PersonalData.Find(text) is var spans && spans.All(s => s.Start < s.End) && spans.Zip(spans.Skip(1)).All(p => p.First.End <= p.Second.Start) && PersonalData.Mask(text).Length == text.Length, iter: 2_000);

    [Theory]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("+1(")]
    [InlineData("DE89")]
    [InlineData("2:")]
    [InlineData("2001:")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1.2.3.4 - ")]
    [InlineData("a@")]
    [InlineData("eyJ")]
    [InlineData("token=")]
    [InlineData("-----BEGIN ")]
    [InlineData("4-")]
    [InlineData("a://b:c")]
    [InlineData("://a@b.c")]
    [InlineData("pwd:")]
    [InlineData("bearer ")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n")]
    [InlineData("x@y.z:")]
    [InlineData("01 ")]
    [InlineData("é@é.é")]
    public async Task Megabytes_of_anything_take_bounded_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        var find = Task.Run(() => PersonalData.Find(text));
        Assert.True(await Task.WhenAny(find, Task.Delay(TimeSpan.FromSeconds(30))) == find, "took more than 30 s");
        await find;
    }

    private static readonly string[] Pieces = ["1", "12", "555", "0123", "4111111111111111", " ", "-", ".", "(", ")", "+", "a@b.org", ":", "2001:", "DE89", "370400440532013000", "AKIA", "token=", "\"", "x", "eyJ", "\n", "/", "[", "@", "://", "pwd=", "bearer ", "sig=", "é", "99999999999", "2003"];

    private static string Redacted(string text) => new PersonalDataFilter(_ => PersonalAction.Redact) is var filter ? filter.Apply(Document.Create("s", text), filter.NewTally())!.Text : "";
}
