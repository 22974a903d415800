using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Cleaning;

/// <summary>Code that no line of it gives away, told by the signs of its paragraph.</summary>
public sealed class CodeBlockTests
{
    [Theory]
    [InlineData("x  = f(y)")]
    [InlineData("from a.b import c,  D\nimport e.f")]
    [InlineData("if x == y:\n    print(“a”)\nelse:\n    raise  ValueError(\"no\")")]
    [InlineData("def f():\n    \"\"\"Says  what “it” does in a sentence.\n\n    And then  some more of it.\n    \"\"\"\n    return  1")]
    [InlineData(">>> x = 10\n>>> def bar():\n...     print(x)\n...\n>>> bar()")]
    [InlineData("{\n  \"name\":  \"“a”\",\n  \"list\": [\n    \"one\",\n    \"http://a.b/c\"\n  ]\n}")]
    [InlineData("spec:\n  replicas:  3\n  containers:\n  - name: “web”\n    image: nginx:1.25\n    args: [a,  b]")]
    [InlineData("run: |\n  any  text “at” all\n  of this  script\nshell: bash\ntimeout: 5")]
    [InlineData("for f in *.txt; do\n  echo “$f”   >> all\ndone")]
    [InlineData("if [ -f x ]; then\n    rm -f  x\nfi")]
    [InlineData("git clone https://a.b/c.git\ncd c\n./configure --prefix=/usr  # “x”")]
    [InlineData("npm install --save  left-pad")]
    [InlineData("FROM ubuntu:22.04\nRUN apt-get update && \\\n    apt-get install -y  curl\nCOPY . /app\nCMD [\"run\"]")]
    [InlineData("SELECT name,  age\nFROM users u\nJOIN orders o ON o.user_id = u.id\nWHERE age > 21  -- “x”\nORDER BY name")]
    [InlineData("CREATE TABLE users (\n    id  INTEGER PRIMARY KEY,\n    name VARCHAR(20)\n)")]
    [InlineData("[http]\nport  = 80\nroot = /var/www\n; “a” comment\nname = the “main” one")]
    [InlineData("[tool]\nlist = [\n    \"a\",\n    \"b “c”\",\n]")]
    [InlineData("local x  = require(\"y\")\nif x == nil then\n  return  x.y\nend")]
    [InlineData("(defun add-two  (x)\n  \"“Adds”\"\n  (+ x  2))")]
    [InlineData("all: a.o  b.o\n\t$(CC) -o  $@ $^")]
    [InlineData("total <- sum(x)\nmean  <- total / length(x)")]
    public void Stays(string code)
    {
        Assert.Equal($"The \"a\" x.\n\n{code}\n\nAnd \"b\" is done.", Clean($"The “a”  <b>x</b>.\n\n{code}\n\nAnd “b”  is done."));
        Assert.Equal($"The \"first\" of the two things is this:\n{code}\n\nAnd \"b\" is done.", Clean($"The “first”  of the two things is this:\n{code}\n\nAnd “b” is done."));
        Assert.Equal($"# The \"a\"\n\n{code}\n\n## And \"b\"", Clean($"# The “a”\n\n{code}\n\n## And “b”", "text/markdown"));
    }

    [Theory]
    [InlineData("Let x  = 5 be “true”, and then\ny = 3 as well (so it seemed)")]
    [InlineData("Name: “Ada”\nAge:  36\nCity: London")]
    [InlineData("from: “us”\nto:  you")]
    [InlineData("FROM  FAIREST creatures we desire increase,\nTHAT thereby beauty's “rose” might never die")]
    [InlineData("SELECT  COMMITTEE “ON” TRADE\nFROM THE HOUSE")]
    [InlineData("Select one  from the “list” below.\nUpdate it where needed;\ncreate  another.")]
    [InlineData("return to  me;\nlet “go”;\nbreak  my heart;\nthen  end;")]
    [InlineData("if thou  wilt “leave” me;\nfor ever;\nwhile I  live;")]
    [InlineData("- do  “this”\n- make that\n- test  it all")]
    [InlineData("CHAPTER I. ........  “Down” the hole ..... 1\nCHAPTER II. ....... The pool ..... 9")]
    [InlineData("Mr. “John”  Smith\n12 Main St. (rear)\nSpringfield, IL 62701")]
    [InlineData("[Illustration]\n\nThe “end”  of it\n\n[Music illustration];")]
    [InlineData("JOHN:  “Hello” there.\nMARY: Hi (waves)!\n[laughter]")]
    [InlineData("> I wrote “this”\n>  and that\n>> and more")]
    [InlineData("McDonald (1998)  says “so”; see also O'Neill's (p. 12)\nand iPhone & e-mail/fax")]
    [InlineData("See printf(3)  and “open(2)”, or http://a.b/c_d(e).")]
    [InlineData("The function is called by init_genrand(seed)  or\ninit_by_array(key,  length) as “said”.")]
    [InlineData("Ann = 12 +  3 = “15” apples\nBob = 15 - 4 = 11\n15 + 11 = 26")]
    [InlineData("git is a  “tool”. make sure to read\nfind out more; echo of the past")]
    [InlineData("\"Yes,\" he  said: “no”.\n\"Well?\"  \n\"Go.\"")]
    [InlineData("... and “then”  he left\n... so they say")]
    [InlineData("the man/*.1  files “were” read\nand all the others as well */ so")]
    [InlineData("Title of “it”\n\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\n\nx = f(1)  is called\n\nOther\n\"\"\"\"\"")]
    [InlineData("that is set through the environment of it, and so\nMY_VARIABLE=“on” is  taken\nby the program")]
    public void Prose_is_cleaned(string text)
    {
        var cleaned = Clean(text) ?? "";
        Assert.DoesNotContain("“", cleaned, StringComparison.Ordinal);
        Assert.DoesNotContain("e  ", cleaned, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_a_text_does_not_give_up_its_code()
    {
        const string Code = "x  = f(y)\nfor (int i = 0; i < n; i++) {\n    s += “a”;\n}";
        Assert.Equal($"a\n\nThen\n\n{Code}\n\nb", Clean($"<div><p>a</p></div>\n\nThen\n\n{Code}\n\n<p>b</p>"));
        // What stands in markup is read when that is gone, and entities are decoded before.
        Assert.Equal("if (a < b) {\n x(\"&\");\n}", Clean("<pre>\nif (a &lt; b)  {\n x(“&amp;”);\n}\n</pre>"));
        Assert.Equal("a\n\nb", Clean("a\n<script>\nvar x = “1”;\n\nfoo(x, y);\n</script>\nb"));
    }

    [Fact]
    public void Sentences_beside_code_are_cleaned() =>
        Assert.Equal("Use foo(\"x\") now:\n\nx  = foo(“x”)\ny = bar(x,   1)\n\nSo \"that\" is it.\n\nx  = f(y)\n\nSee bar(1).", Clean("Use foo(“x”) now:\n\nx  = foo(“x”)\ny = bar(x,   1)\n\nSo “that” is it.\n\nx  = f(y)\n\nSee  bar(1)."));

    [Theory]
    [InlineData("<p>\n")]
    [InlineData("<p>")]
    [InlineData("</p>\n")]
    [InlineData("<div><p></div>\n")]
    [InlineData("/*\n")]
    [InlineData("x = \"\"\"\n")]
    [InlineData("'''\n")]
    [InlineData("a: |\n")]
    [InlineData("- a: |\n  b\n")]
    [InlineData("f((((\n")]
    [InlineData("f(\n x y z w v\n")]
    [InlineData("a = 1 \\\n")]
    [InlineData("a_b ")]
    [InlineData("\"a\" = \"")]
    [InlineData("x = y\n\n")]
    [InlineData("# a\n\n")]
    [InlineData("a::\n\n\n")]
    public async Task Megabytes_of_anything_take_linear_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 17) / piece.Length));
        var found = Task.Run(() => CodeRegions.In(text, markdown: false).Count + CodeRegions.In(text, markdown: true).Count);
        Assert.True(await Task.WhenAny(found, Task.Delay(TimeSpan.FromSeconds(30))) == found, "took more than 30 s");
        await found;
    }

    private static string? Clean(string text, string type = "text/plain")
    {
        var cleaner = new TextCleaner(new() { Urls = Pipeline.Data.Privacy.Treatment.Keep });
        return cleaner.Apply(Document.Create("a.txt", text) with { MediaType = type }, cleaner.NewTally())?.Text;
    }
}
