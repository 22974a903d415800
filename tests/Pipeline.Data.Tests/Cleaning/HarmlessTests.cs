using Pipeline.Data.Cleaning;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Tests.Cleaning;

/// <summary>What cleaning must not do to good text.</summary>
public sealed class HarmlessTests
{
    [Theory]
    [InlineData("[a](http://x/y_(z)) b", "a b")]
    [InlineData("Read [the [old] manual](http://x/y(z) \"A (title)\").", "Read the [old] manual.")]
    [InlineData("one\n\n[ref]: http://a.b/c \"Title\"\n  [two]: <http://d.e>\n\nSee [the text][ref] and [two][] and [x][y].", "one\n\nSee the text and two and [x][y].")]
    [InlineData("[![build](https://a.b/c.svg)](https://d.e/f) x", "build x")]
    [InlineData("See https://a.b/c, b. Also this.", "See b. Also this.")]
    [InlineData("See https://a.b/c; then https://d.e: it is there.", "See then it is there.")]
    [InlineData("http://a.b, is down\nhttp://a.b - a list\nhttp://a.b: more", "is down\na list\nmore")]
    [InlineData("Read the docs (http://a.b/c), then go.", "Read the docs, then go.")]
    [InlineData("Open http://[::1]/ or http://[2001:db8::1]:80/x?y#z now", "Open or now")]
    [InlineData("请看http://a.b/c。然后走", "请看。然后走")]
    [InlineData("见http://a.b/c然后“好”", "见然后“好”")]
    [InlineData("f('http://a.b','x') and (see http://a.b/(c)d) and http://a.b/c_(d)e", "f('','x') and (see) and")]
    [InlineData("[1] http://a.b/c] x", "[1]] x")]
    [InlineData("Read [text]( http://a.b ) or [two](http://a.b/x y) or [three](http://a.b\n\"title\") x.", "Read text or two or three x.")]
    [InlineData("See http://a.b http://c.d and\nhttp://a.b, http://c.d, and so", "See and\nand so")]
    [InlineData("He (see\nhttp://a.b/c) said so at\nhttp://a.b/c; then\n(http://a.b), went on the site\n(http://a.b).", "He (see) said so at\nthen\nwent on the site.")]
    [InlineData("* [http://a.b](http://a.b) - text\n- http://a.b, more\n  + http://a.b: x", "* text\n- more\n  + x")]
    [InlineData("Home <URL:http://a.b/c> and **http://a.b** bold, _http://a.b_ x", "Home and bold, x")]
    [InlineData("[http://a.b the text] and [[http://a.b|this]] and link:http://a.b/c[that one]; http://a.b/(c)?x[]=1", "the text and this and that one;")]
    [InlineData("Text.[1]\n\n[1]: http://a.b\n[2] http://a.b\n.. [3] http://a.b\nEnd", "Text.[1]\n\nEnd")]
    public void Removing_an_address_leaves_readable_text(string text, string left) => Assert.Equal(left, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData(".. _PEP 8: https://a.b/c\n.. _`a b`: https://a.b/c\n\nSee `PEP 8`_, `A\nb`_ and `other`_.", "See PEP 8, A\nb and `other`_.")]
    [InlineData("Text b_ here, x_y and c__.\n\n.. _b: http://a.b/d\n", "Text b here, x_y and c__.")]
    [InlineData("Read `the docs <https://a.b/c>`_ and `the\nlong one\n<http://a.b>`__, or `http://a.b`_.", "Read the docs and the\nlong one, or.")]
    [InlineData("A `this`__ and `that`__.\n\n.. __: http://a.b/c\n__ http://a.b/d", "A this and that.")]
    [InlineData("Text.\n\n.. image:: http://a.b/c.png\n   :target: x\n   :alt: y\n\n.. |x| image:: http://a.b/c.png\n\n.. _label:\n\nMore.", "Text.\n\n.. _label:\n\nMore.")]
    [InlineData("A `co_de` and `x` http://a.b `y`.", "A `co_de` and `x` `y`.")]
    public void Removing_an_address_from_reStructuredText_leaves_its_text(string text, string left) => Assert.Equal(left, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("pages 100—200, 1914—18, 5%—10%, $5—$10", "pages 100-200, 1914-18, 5%-10%, $5-$10")]
    [InlineData("100 — and 7—no", "100 - and 7 - no")]
    public void Ranges_of_numbers_stay_ranges(string text, string cleaned) => Assert.Equal(cleaned, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("\u001b[1mNAME\u001b[0m\n  \u001b[38;5;1mls\u001b[m \u001b]x", "NAME\n  ls ]x")]
    [InlineData("N\bNA\bAM\bME\bE, _\bu_\bn_\bd_\be_\br\n\bx", "NAME, under\nx")]
    [InlineData("“你好。”他说‘是吗’", "“你好。”他说‘是吗’")]
    [InlineData("Title\n^^^^^^^^\n\nOther\n::::::\n\nThird\n\"\"\"\"\"\n\nno!!!!!!", "Title\n^^^^^^^^\n\nOther\n::::::\n\nThird\n\"\"\"\"\"\n\nno!!!")]
    public void What_terminals_titles_and_other_scripts_write_comes_out_readable(string text, string left) => Assert.Equal(left, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("Name     Age  City\nAda       36  London\nBob        7  Paris")]
    [InlineData("+------+-----+\n| a    | b   |\n+======+=====+\n| cc   |   1 |\n+------+-----+")]
    [InlineData("x\n id | name\n----+-------\n  1 | x\n 20 | yy")]
    [InlineData("a\tb\tc\n1\t2\t3\n44\t5\t6")]
    [InlineData("Title\n----------\n\n==========\n\n* * * * *\n\nName   Age\n--------------\nBob     12")]
    [InlineData("| a   | b |\n|-----|--:|\n| ccc | d |")]
    [InlineData("│ a   │ b │\n│ ccc │ d │")]
    [InlineData("Option      Description\n--foo       Does a thing that is long and\n            wraps onto a second line\n--bar       Another")]
    [InlineData("Name     Street         City\nAlice    Long street    Berlin\n         of the north   (West)\nBob      Other          Paris")]
    [InlineData("A long      23\nname\nBob         24\nCarl        7")]
    [InlineData("x\n\n  -a    one thing\n\n  -b    another one, which is longer than\n        a line can be\n\n  -c    third")]
    [InlineData("Name     Age\nBob       12")]
    [InlineData("words before.\ngit add -p       # the index\ngit stash push   # all others\nwords behind.")]
    public void Tables_and_rules_keep_their_shape(string text) => Assert.Equal(text, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("One  sentence.  Two sentences here.\nAnother  line,  of which\nthe gaps   are elsewhere", "One sentence. Two sentences here.\nAnother line, of which\nthe gaps are elsewhere")]
    [InlineData("wow ------- so\na ===== b", "wow --- so\na === b")]
    [InlineData("a\tb\nc  d", "a b\nc d")]
    // Items, verse and letters whose gaps are at the same place on two lines, words spread to a width, and paragraphs that hang.
    [InlineData("1.   One thing that is long\n     goes on\n2.   Another", "1. One thing that is long\n     goes on\n2. Another")]
    [InlineData("-    One\n-    Two", "- One\n- Two")]
    [InlineData("He  said.  We went\nto  the  house that", "He said. We went\nto the house that")]
    [InlineData("Hanging     text here\n            goes on\n            and on", "Hanging text here\n            goes on\n            and on")]
    [InlineData("Stay   here, she said\nand   then   was gone", "Stay here, she said\nand then was gone")]
    public void What_is_no_table_is_collapsed(string text, string cleaned) => Assert.Equal(cleaned, new TextCleaner(new()).Clean(text));

    [Fact]
    public void Words_spread_to_a_width_in_a_wrapped_cell_are_not_columns() => Assert.Equal(
        "Key      Text\n-P       Never follow links. This\n         is the default of it.\n-L       Follow them.",
        new TextCleaner(new()).Clean("Key      Text\n-P       Never  follow  links.   This\n         is  the  default of  it.\n-L       Follow them."));

    [Fact]
    public void A_table_keeps_its_indentation_where_other_lines_lose_it()
    {
        const string Table = "x\n\n  -a    one thing that is longer\n        than a line\n  -b    another\n";
        var cleaner = new TextCleaner(new() { KeepIndentation = false });
        Assert.Equal(Table + "y", cleaner.Clean(Table + "    y"));
        Assert.Equal(Table + "y", cleaner.Clean(Table + "y"));
    }

    [Theory]
    [InlineData("他说——不……好…也—行", "他说——不……好…也—行")]
    [InlineData("end—and… so – ok", "end - and... so - ok")]
    [InlineData("Mr. —— came…… late", "Mr. —— came…… late")]
    public void Dashes_and_ellipses_of_other_scripts_stay(string text, string cleaned) => Assert.Equal(cleaned, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("The powers not delegated are left alone, with\nall rights reserved to the States respectively.\nMore.")]
    [InlineData("All rights reserved to the States stay with them.")]
    [InlineData("I decided to leave a comment on his blog about cookies.")]
    [InlineData("When JavaScript is disabled the control renders a link.")]
    [InlineData("It was a matter of fact to all of the people there that\nwe use cookies to tell users apart.")]
    [InlineData("In 1787 all rights reserved to the people were listed.")]
    public void Prose_with_a_stock_phrase_stays(string text) => Assert.Equal(text, new TextCleaner(new()).Clean(text));

    [Theory]
    [InlineData("All rights reserved.")]
    [InlineData("© 1999-2020 Foo, Inc. All rights reserved worldwide.")]
    [InlineData("Copyright 2020 Foo. All rights reserved")]
    [InlineData("2020 Foo. All Rights Reserved.")]
    [InlineData("We use cookies to improve your experience on our website.")]
    [InlineData("« Back to top")]
    [InlineData("3 | Leave a comment")]
    [InlineData("Home | Privacy Policy | Terms of use")]
    [InlineData("Please enable JavaScript to view this page.")]
    public void Furniture_goes(string line) => Assert.Equal("Some text.\nMore.", new TextCleaner(new()).Clean($"Some text.\n{line}\nMore."));

    [Fact]
    public void Every_stock_phrase_is_found_in_a_text() => Assert.All(BoilerplateLines.Stock, phrase => Assert.True(BoilerplateLines.MayBeIn($"Some text.\n{phrase.ToUpperInvariant()}\nMore.")));

    [Fact]
    public void Folding_case_leaves_addresses_alone() =>
        Assert.Equal("see http://Ex.org/Abc or Ada@Ex.org and strasse", new TextCleaner(new() { Urls = Treatment.Keep, Emails = Treatment.Keep, Casing = Casing.Fold }).Clean("See http://Ex.org/Abc Or Ada@Ex.org and STRAßE"));

    [Theory]
    [InlineData("a(b", "'a(b' is no regular expression: a bracket is opened and not closed at character 3; mend it, or write \\ before a sign that is meant as itself")]
    [InlineData("x*?+", "'x*?+' is no regular expression: a repetition is repeated at character 4; mend it, or write \\ before a sign that is meant as itself")]
    [InlineData("ab(?=c)", "'ab(?=c)' has a look ahead at character 3, which cannot run in linear time; write it without")]
    [InlineData("(a)\\1", "'(a)\\1' has a reference back at character 4, which cannot run in linear time; write it without")]
    public void A_wrong_expression_is_told_by_place_and_reason(string pattern, string problem) => Assert.Equal(problem, TextCleaner.ProblemWith(pattern));
}
