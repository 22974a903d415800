using Pipeline.Data.Collection;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Collection;

public class DotnetXmlDocsTests(ITestOutputHelper output)
{
    private static string Doc(string members) => $"<?xml version=\"1.0\"?><doc><assembly><name>Some.Assembly</name></assembly><members>{members}</members></doc>";

    private static Document Member(string id, string summary) => Assert.Single(Collect.One("a/b.xml", Doc($"<member name=\"{id}\"><summary>{summary}</summary></member>")));

    [Theory]
    [InlineData("T:System.String", "String", "type", "System.String")]
    [InlineData("T:System.Collections.Generic.List`1", "List<T>", "type", "System.Collections.Generic.List<T>")]
    [InlineData("T:System.Collections.Generic.Dictionary`2.KeyCollection", "KeyCollection", "type", "System.Collections.Generic.Dictionary<T1, T2>.KeyCollection")]
    [InlineData("M:System.String.Join(System.String,System.Collections.Generic.IEnumerable{System.String})", "String.Join(String, IEnumerable<String>)", "method", "System.String")]
    [InlineData("M:System.Collections.BitArray.#ctor(System.Boolean[])", "BitArray(Boolean[])", "method", "System.Collections.BitArray")]
    [InlineData("M:System.Object.ToString", "Object.ToString()", "method", "System.Object")]
    [InlineData("M:System.Array.Sort``2(``0[],``1[],System.Int32)", "Array.Sort<T1, T2>(T1[], T2[], Int32)", "method", "System.Array")]
    [InlineData("M:System.Collections.Generic.List`1.ConvertAll``1(System.Converter{`0,``0})", "List<T>.ConvertAll<U>(Converter<T, U>)", "method", "System.Collections.Generic.List<T>")]
    [InlineData("M:System.Decimal.op_Explicit(System.Decimal)~System.Byte", "Decimal.Explicit(Decimal to Byte)", "method", "System.Decimal")]
    [InlineData("M:System.Decimal.op_Addition(System.Decimal,System.Decimal)", "Decimal.Addition(Decimal, Decimal)", "method", "System.Decimal")]
    [InlineData("M:System.Collections.BitArray.System#Collections#ICollection#CopyTo(System.Array,System.Int32)", "BitArray.ICollection.CopyTo(Array, Int32)", "method", "System.Collections.BitArray")]
    [InlineData("P:System.Collections.Generic.List`1.Item(System.Int32)", "List<T>.Item[Int32]", "property", "System.Collections.Generic.List<T>")]
    [InlineData("F:System.Int32.MaxValue", "Int32.MaxValue", "field", "System.Int32")]
    [InlineData("E:System.AppDomain.AssemblyLoad", "AppDomain.AssemblyLoad", "event", "System.AppDomain")]
    [InlineData("M:X.Y.Z(System.Int32@,System.Int32[0:,0:],System.Byte*)", "Y.Z(Int32, Int32[,], Byte*)", "method", "X.Y")]
    public void A_member_is_named_as_people_write_it(string id, string readable, string kind, string declaringType)
    {
        var metadata = Member(id, "Does it.").Metadata;
        Assert.Equal((readable, kind, declaringType, "Some.Assembly"), (metadata["member"], metadata["kind"], metadata["declaring_type"], metadata["assembly"]));
    }

    [Theory]
    [InlineData("A <see cref=\"T:System.Collections.Generic.List`1\" /> of <paramref name=\"n\" />, or <see langword=\"null\" />.", "A List<T> of n, or null.")]
    [InlineData("See <see cref=\"M:System.String.Join(System.String,System.String[])\" /> and <see cref=\"F:System.Int32.MaxValue\">the largest</see>.", "See String.Join and the largest.")]
    [InlineData("\n   Spread\n   over  lines.\n", "Spread over lines.")]
    [InlineData("<para>One.</para><para>Two.</para>", "One.\n\nTwo.")]
    [InlineData("Use <c>x + 1</c>:<code>\nfor (;;)\n{\n    x++;\n}\n</code>Done.", "Use x + 1:\n\n```\nfor (;;)\n{\n    x++;\n}\n```\n\nDone.")]
    [InlineData("Kinds: <list type=\"bullet\"><item><description>a</description></item><item><term>b</term><description>c</description></item></list>", "Kinds:\n\n- a\n- b c")]
    [InlineData("Not found: <see cref=\"!:Nowhere\" />, <see href=\"https://a.b\">here</see>, &lt;tag&gt;.", "Not found: Nowhere, here, <tag>.")]
    public void A_summary_reads_as_words(string summary, string text) => Assert.Equal(text, Member("T:A.B", summary).Text);

    [Fact]
    public void Members_without_a_summary_give_no_document_and_every_document_says_where_it_is_from()
    {
        var documents = Collect.One("packs/x.xml", Doc("<member name=\"T:A\"><remarks>no</remarks></member><member name=\"M:A.B\"><summary/></member><member name=\"P:A.C\"><param name=\"x\"><b><c/></b></param><summary>Yes.</summary></member>"));
        var document = Assert.Single(documents);
        Assert.Equal(("Yes.", "packs/x.xml", "MIT", "application/xml", "en"), (document.Text, document.Source, document.License, document.MediaType, document.Language));
    }

    [Fact]
    public void Entity_bombs_and_external_entities_are_refused()
    {
        var bomb = "<!DOCTYPE doc [<!ENTITY a \"ha\">" + string.Concat(Enumerable.Range(0, 20).Select(i => $"<!ENTITY {(char)('b' + i)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + i)};", 10))}\">")) + "]><doc>&u;</doc>";
        foreach (var xml in new[] { bomb, "<!DOCTYPE doc [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><doc>&x;</doc>" })
            Assert.Contains("declares a document type (DTD)", Assert.Throws<InvalidDataException>(() => Collect.One("bad.xml", xml)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<project/>", "bad.xml: expected .NET documentation (<doc>), found <project>.")]
    [InlineData("<doc><members><member name='T:A'><summary>x</member></members></doc>", "bad.xml:1:46:")]
    [InlineData("", "bad.xml:")]
    public void What_is_no_documentation_is_refused_by_name(string xml, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Collect.One("bad.xml", xml)).Message, StringComparison.Ordinal);

    [Fact]
    public void Elements_nested_absurdly_deep_are_refused()
    {
        var xml = Doc("<member name=\"T:A\"><summary>" + string.Concat(Enumerable.Repeat("<b>", 100_000)) + string.Concat(Enumerable.Repeat("</b>", 100_000)) + "</summary></member>");
        Assert.Contains("nest deeper than 64", Assert.Throws<InvalidDataException>(() => Collect.One("bad.xml", xml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documentation_of_the_SDK_is_read_whole_and_the_same_each_time()
    {
        var files = DotnetPacks.Find();
        Assert.All(files, f => Assert.Matches(@"^packs/[^/]+/[^/]+/ref/[^/]+/[^/]+\.xml$", f.Name));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var documents = Collect.Files(files);
        output.WriteLine($"{files.Count} files, {documents.Count} members, {documents.Sum(d => d.Text.Length)} characters, {watch.ElapsedMilliseconds} ms");
        Assert.True(documents.Count > 20_000, $"{documents.Count}");
        Assert.Equal(documents.Count, documents.Select(d => d.Id).Distinct().Count());
        Assert.Equal(documents.Select(d => d.Id), Collect.Files(files).Select(d => d.Id));
        Assert.DoesNotContain(documents, d => d.Text.Contains("cref=", StringComparison.Ordinal) || d.Metadata["member"].AsSpan().ContainsAny('`', '#', '{'));
        Assert.Contains(documents, d => d.Metadata["member"] == "String.Join(String, IEnumerable<String>)" && d.Metadata["declaring_type"] == "System.String");
    }

    [Fact]
    public void A_sample_keeps_whole_types_and_follows_from_the_seed()
    {
        var documents = Enumerable.Range(0, 1000).Select(i => Document.Create("s", $"text {i}") with { Metadata = new Dictionary<string, string> { ["declaring_type"] = $"T{i % 100}" } }).ToList();
        var sample = DocumentSample.Take(documents, 95, seed: 7);
        Assert.Equal(95, sample.Count);
        Assert.Equal(9, sample.GroupBy(d => d.Metadata["declaring_type"]).Count(g => g.Count() == 10));
        Assert.Equal(documents.Where(sample.Contains), sample);
        Assert.Equal(sample, DocumentSample.Take(documents, 95, seed: 7));
        Assert.NotEqual(sample, DocumentSample.Take(documents, 95, seed: 8));
        Assert.Equal(documents, DocumentSample.Take(documents, 5000, seed: 7));
        Assert.Subset(DocumentSample.Take(documents, 200, seed: 7).ToHashSet(), sample.ToHashSet());
    }
}
