using Pipeline.Data.Cleaning;

namespace Pipeline.Data.Tests.Cleaning;

/// <summary>Code in plain text that nothing marks.</summary>
public sealed class PlainCodeTests
{
    [Theory]
    [InlineData("// see http://a.b/c,  “x”")]
    [InlineData("#include <stdio.h>")]
    [InlineData("#define MAX(a, b)   ((a) > (b) ? “a” : (b))")]
    [InlineData("for (i=0;i<n;i++) {")]
    [InlineData("for (int i = 0; i < n; i++) {\n    sum  += a[i];   // “all”\n    if (a <b> c) break;\n}")]
    [InlineData("$ curl http://a.b/c  | sh")]
    [InlineData("user@host:~/src$ ls  --all !!!!!")]
    [InlineData("C:\\Users> dir  /s")]
    [InlineData(">>> x  = f(1)\n>>> print(x)   # “y”")]
    [InlineData("def add(a, b=1):\n    return a  + b")]
    [InlineData("import os\nimport sys\n\nclass A(B):\n    def f(self):\n        x  = self.y\n        return “x”")]
    [InlineData("{\"a\":  \"“b”\", \"c\": 1}")]
    [InlineData("/* a  comment\n *   more “of” it\n */\nint main(void)\n{\n    printf(\"<b>&lt;\");\n    return  0;\n}")]
    [InlineData("    var  x = 1;\n\n    foo(x,   y);\n    if (x) {\n        bar();\n    }")]
    [InlineData("using System.Text;\n\npublic class A\n{\n    int  x;\n}")]
    public void Stays(string code)
    {
        Assert.Equal($"The \"a\" x.\n\n{code}\n\nAnd \"b\".", Clean($"The “a”  <b>x</b>.\n\n{code}\n\nAnd “b”."));
        Assert.Equal(code.TrimStart(), Clean(code)?.TrimStart());
        Assert.Equal($"\"a\"\n{code}\n\"b\"", Clean($"“a”\r\n{code.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n“b”"));
    }

    [Theory]
    [InlineData("Use it like this::\n\n    any “text”   at all\n\n      http://a.b\n\nand “so”  on", "Use it like this::\n\n    any “text”   at all\n\n      http://a.b\n\nand \"so\" on")]
    [InlineData(".. code-block:: python\n   :linenos:\n\n   a  “b”\n\n“c”", ".. code-block:: python\n   :linenos:\n\n   a  “b”\n\n\"c\"")]
    [InlineData(".. note::\n\n   a “b”", ".. note::\n\n   a \"b\"")]
    public void Literal_blocks_stay(string text, string cleaned) => Assert.Equal(cleaned, Clean(text));

    [Theory]
    [InlineData("He came “home”;\nshe  stayed (so it seemed to me);\n“and” let us go;\nreturn to the king;")]
    [InlineData("The person(s)  concerned “shall”;\n“the” holder(s);")]
    [InlineData("#hashtag “one”\n# Heading  “two”\n#1 “three”")]
    [InlineData(">>> You wrote “this”\n>> and “that”\n> so  (I think):")]
    [InlineData("$ 5 million “in”\n$5 “out”")]
    [InlineData("“http://a.b/c” // “d”\n//a.example/b “c”")]
    [InlineData("if you are “old”  (say):\nfor those “in” need:")]
    [InlineData("see “this”: it holds {a}")]
    public void Prose_is_cleaned(string text) => Assert.DoesNotContain("“", Clean(text) ?? "", StringComparison.Ordinal);

    [Fact]
    public void Lines_of_scripts_in_a_page_are_no_text() => Assert.Equal("a\nb", Clean("<p>a</p><script>\nvar x = “1”;\nfoo();\n</script><p>b</p>")?.Replace("\n\n", "\n", StringComparison.Ordinal));

    [Theory]
    [InlineData("x = 1;\n")]
    [InlineData("x;\n")]
    [InlineData("::\n\n a\n")]
    [InlineData("::\n")]
    [InlineData(" //")]
    [InlineData("(\n")]
    [InlineData("f(")]
    [InlineData("{\n\n")]
    [InlineData("} ")]
    [InlineData("a::\n :")]
    [InlineData("| a  |\n")]
    [InlineData("------ ")]
    [InlineData("a  b\tc\n")]
    public async Task Megabytes_of_anything_take_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 17) / piece.Length));
        var clean = Task.Run(() => Clean(text));
        Assert.True(await Task.WhenAny(clean, Task.Delay(TimeSpan.FromSeconds(30))) == clean, "took more than 30 s");
        await clean;
    }

    private static string? Clean(string text) => new TextCleaner(new()).Clean(text);
}
