using Pipeline.Data.Cleaning;

namespace Pipeline.Data.Tests.Cleaning;

/// <summary>What is a tag goes; what only has its signs stays.</summary>
public sealed class MarkupTests
{
    [Theory]
    [InlineData("a<b and c>d")]
    [InlineData("if x<y && z>w then a<b && c>d or i<s, u>v")]
    [InlineData("I <3 you, and 5 > 3")]
    [InlineData("List<int> and Task<Object> and Map<A, B> and Vec<u8> and Option<A>")]
    [InlineData("mail <me@example.org> or <http://example.org/x>")]
    [InlineData("<-- note --> and <- so -> and <=>")]
    [InlineData("cp <source> <target> [<option>...]? git checkout <path> of <title>")]
    [InlineData("the <b> element, the <input> element, and <title>")]
    [InlineData("<T>, <my-widget>, <Foo bar=\"x\">, <br, <a href=x")]
    [InlineData("<?php echo 1; if ($a > 2) { } ?>")]
    [InlineData("a <b = c> d, a <b == c> d, p <q c++> d, <s 'x'>")]
    [InlineData("]]> before <![CDATA[ alone")]
    [InlineData("The <b> element, as in <b>, (<p>) or \"<i>\", with </b> and </p> to end. Items with <li>.")]
    [InlineData("  <match target=\"font\">\n    <test name=\"family\"><string>a</string></test>\n    <dir>/usr/share/fonts</dir>\n  </match>\n  <alias><family>x</family></alias>\nThe <dir> element names a folder.")]
    public void What_only_looks_like_a_tag_stays(string text) => Assert.Equal(text.Replace("<option>", "\n", StringComparison.Ordinal), MarkupStripper.Strip(text));

    [Theory]
    [InlineData("<b>bold</b> <i class=x>it</i> <BR>x<br/>", "bold it \nx\n")]
    [InlineData("<a href=\"http://x.y/\" title='a > b' target=_blank>link</a>", "link")]
    [InlineData("<input type=checkbox checked disabled data-x hidden> <img src=/a.png alt>x", " x")]
    [InlineData("<p>one<li>two<td>three", "\none\ntwo\nthree")]
    [InlineData("<!DOCTYPE html><?xml version=\"1.0\" encoding='utf-8'?><!-- c > d -->x", " x")]
    [InlineData("<d><![CDATA[<b>x</b> &amp; 1 < 2]]></d>", "<d>x & 1 < 2</d>")]
    [InlineData("<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/><text x=1>t</text></svg> <math><mi>x</mi><mo>=</mo></math>", "t x=")]
    [InlineData("&lt;b&gt;x&lt;/b&gt; &amp;lt;i&amp;gt;y&amp;lt;/i&amp;gt;", "x y")]
    [InlineData("<button @click=\"go\" :class=\"c\" (x)=\"y\" [z]=\"w\" *ngIf=\"v\">x</button>", "x")]
    [InlineData("<b\n>x</b >", "x")]
    [InlineData("one <br> two, a <b>bold</b> word</p>\n<p>and</sarcasm> more", "one \n two, a bold word\n\n\nand</sarcasm> more")]
    public void Tags_of_known_elements_go(string text, string left) => Assert.Equal(left, MarkupStripper.Strip(text));

    [Theory]
    [InlineData("<a title=\">")]
    [InlineData("<a title=\"")]
    [InlineData("<![CDATA[")]
    [InlineData("<![CDATA[x]]>")]
    [InlineData("]]>")]
    [InlineData("</b")]
    [InlineData("<?x ?>")]
    public async Task Megabytes_of_anything_take_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 18) / piece.Length)) + string.Concat(Enumerable.Repeat("]]>", 1 << 14));
        var strip = Task.Run(() => MarkupStripper.Strip(text));
        Assert.True(await Task.WhenAny(strip, Task.Delay(TimeSpan.FromSeconds(30))) == strip, "took more than 30 s");
        await strip;
    }
}
