using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Pipeline.Cli.Reports;

namespace Pipeline.Cli.Tests;

/// <summary>What CI systems read of a run and of a plan.</summary>
public sealed class CiReportTests
{
    private const string Hostile = "</pre><script>alert(1)</script> | a | [x](javascript:1) ![i](http://e/x.png) @everyone **b** `c` # h ##vso[task.setvariable]";

    private const string Mixed = """
        name: p
        secrets: { hub: { env: HF_TOKEN } }
        steps:
          files: { uses: collect.files, with: { paths: [a.txt] } }
          clean: { uses: clean.text, inputs: { documents: files } }
          enough: { uses: gate, inputs: { metrics: clean }, with: { require: ["documents.out >= LEAST"] } }
          after: { uses: shell, needs: [enough], with: { run: "true" } }
          broken:
            uses: shell
            with: { run: 'echo "$TEXT"; printf "\033[31mred\033[0m \001 \302\237 token $TOKEN\n"; exit 7', env: { TOKEN: "${{ secrets.hub }}", TEXT: "HOSTILE" } }
        """;

    private static readonly Dictionary<string, string?> Token = new() { ["HF_TOKEN"] = "hf_0123456789" };

    private static Project Ready(string least, string broken = "exit 7")
    {
        var project = new Project(Mixed.Replace("LEAST", least, StringComparison.Ordinal).Replace("exit 7", broken, StringComparison.Ordinal).Replace("HOSTILE", Hostile, StringComparison.Ordinal));
        project.Write("a.txt", "A small document.");
        project.Write(".gitignore", ".pipeline\n*.xml\n*.md\n");
        return project;
    }

    private static Dictionary<string, string?> With(params (string, string?)[] more) => Token.Concat(more.Select(m => KeyValuePair.Create(m.Item1, m.Item2))).ToDictionary();

    [Fact]
    public async Task A_run_appends_its_summary_where_the_CI_system_says()
    {
        using var project = Ready("2");
        project.Write("summary.md", "what was there\n");
        var ended = (await project.Pipeline(With(("GITHUB_STEP_SUMMARY", project["summary.md"])), "run", "p.yaml", "--json", "--keep-going")).Expect(ExitCode.StepFailed);
        var page = project.Read("summary.md");
        Assert.StartsWith("what was there\n## p: failed\n", page, StringComparison.Ordinal);
        Assert.Contains("### ✗ enough", page, StringComparison.Ordinal);
        Assert.Contains("### Gates\n\n- ✗ enough: 1 of 1 conditions did not hold", page, StringComparison.Ordinal);
        Assert.Contains("### ✗ broken", page, StringComparison.Ordinal);
        Assert.Contains("The end of its log:\n\n<pre>\n", page, StringComparison.Ordinal);
        Assert.Contains("red   token ***", page, StringComparison.Ordinal);
        Assert.Contains("| – | after | skipped |", page, StringComparison.Ordinal);
        NothingGetsOut(page);
        Assert.DoesNotContain("hf_0123456789", page + ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
    }

    [Fact]
    public async Task A_plan_summary_names_reasons_and_compares_metrics_with_the_base_of_a_pull_request()
    {
        using var project = Ready("1", "true");
        (await project.Pipeline(Token, "run", "p.yaml")).Expect(ExitCode.Success);
        Git.Commit(project.Path, "base");
        project.Write("a.txt", "A small document.\n\nOf two paragraphs.");
        (await project.Pipeline(Token, "run", "p.yaml")).Expect(ExitCode.Success);
        using var clone = new Project();
        Git.In(clone.Path, "clone", "-q", project.Path, "copy");
        clone.Write("copy/a.txt", project.Read("a.txt"));
        var state = project[".pipeline"];
        var page = clone["copy/plan.md"];
        (await clone.Pipeline(With(("GITHUB_BASE_REF", "main")), "plan", "copy/p.yaml", "--state", state, "--summary", page, "--set", "steps.clean.with.minimum_words=2", "--check")).Expect(ExitCode.Stale);
        var text = File.ReadAllText(page);
        // Another checkout has no history of its own.
        Assert.Contains("| run | clean | <code>never ran</code> |", text, StringComparison.Ordinal);
        Assert.Contains("<code>origin&#47;main</code> → <code>current results</code>: ", text, StringComparison.Ordinal);
        Assert.Contains("| files | characters |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("| clean | documents", text, StringComparison.Ordinal);
        Assert.Contains("without a current result", text, StringComparison.Ordinal);

        File.Delete(page);
        // A base that is not there is a note where the CI system named it, and an error where the user did.
        (await clone.Pipeline(With(("GITHUB_BASE_REF", "gone")), "plan", "copy/p.yaml", "--state", state, "--summary", page)).Expect(ExitCode.Success);
        Assert.Contains("Not compared: There is no lock file", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Contains("git knows no commit, branch or tag 'gone'", (await clone.Pipeline(Token, "run", "copy/p.yaml", "--state", state, "--summary", page, "--against", "gone")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("give --summary FILE too", (await clone.Pipeline(With(("GITHUB_STEP_SUMMARY", null)), "run", "copy/p.yaml", "--against", "main")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TF_BUILD")]
    [InlineData("GITHUB_ACTIONS")]
    public async Task What_a_step_logs_is_no_command_to_the_CI_system(string variable)
    {
        using var project = new Project("name: p\nsteps:\n  bad: { uses: shell, with: { run: 'echo \"##vso[task.setvariable variable=x]y\"; echo \"::set-env name=x::y\"; echo \"  ::warning::z\"; exit 1' } }\n");
        var text = (await project.Pipeline(new Dictionary<string, string?> { [variable] = "true" }, "run", "p.yaml")).Expect(ExitCode.StepFailed).Output;
        Assert.DoesNotContain("##vso[", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^\s*::", text);
        var json = (await project.Pipeline(new Dictionary<string, string?> { [variable] = "true" }, "run", "p.yaml", "--json")).Expect(ExitCode.StepFailed);
        Assert.DoesNotContain("##vso[", json.Output, StringComparison.Ordinal);
        Assert.Contains(json.Rows, r => (string?)r["line"] == "##vso[task.setvariable variable=x]y");
    }

    [Fact]
    public void A_summary_never_grows_beyond_what_GitHub_takes()
    {
        var page = new MarkdownPage(10_000);
        page.Add(Enumerable.Range(0, 5000).Select(i => $"| row {i} | ü |\n"));
        var text = page.ToString();
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(text), 9000, 10_000);
        Assert.EndsWith("_The rest is left out: a summary has at most 1 MiB._\n", text, StringComparison.Ordinal);
        Assert.Equal("", new MarkdownPage(10).ToString());
    }

    [Fact]
    public async Task A_full_summary_file_is_not_made_too_large()
    {
        using var project = Ready("1", "true");
        File.WriteAllBytes(project["summary.md"], new byte[(1 << 20) - 300]);
        (await project.Pipeline(Token, "run", "p.yaml", "--summary", project["summary.md"])).Expect(ExitCode.Success);
        Assert.InRange(new FileInfo(project["summary.md"]).Length, (1 << 20) - 300, 1 << 20);
    }

    [Fact]
    public async Task A_run_writes_JUnit_XML_with_a_test_case_a_step()
    {
        using var project = Ready("2");
        (await project.Pipeline(Token, "run", "p.yaml", "--keep-going", "--junit", "out/run.xml")).Expect(ExitCode.StepFailed);
        var suite = Validated(project["out/run.xml"]).Root!.Element("testsuite")!;
        Assert.Equal(("5", "1", "1", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Equal("gate", Case(suite, "enough").Element("failure")!.Attribute("type")!.Value);
        Assert.Contains("documents.out >= 2  (1 against 2)", Case(suite, "enough").Element("failure")!.Attribute("message")!.Value, StringComparison.Ordinal);
        var error = Case(suite, "broken").Element("error")!;
        Assert.Equal("step", error.Attribute("type")!.Value);
        Assert.Contains(Hostile, error.Value, StringComparison.Ordinal);
        Assert.Contains("red   token ***", error.Value, StringComparison.Ordinal);
        Assert.Contains("enough failed", Case(suite, "after").Element("skipped")!.Attribute("message")!.Value, StringComparison.Ordinal);
        Assert.Empty(Case(suite, "files").Elements());
        Assert.DoesNotContain("hf_0123456789", project.Read("out/run.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_a_lock_and_a_verification_write_it_too()
    {
        using var project = new Project("name: p\nsteps:\n  moody: { uses: shell, with: { run: 'head -c 16 /dev/urandom > $OUT/x' } }\n  calm: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        (await project.Pipeline("plan", "p.yaml", "--check", "--junit", "plan.xml")).Expect(ExitCode.Stale);
        Assert.Equal("2", Validated(project["plan.xml"]).Root!.Attribute("failures")!.Value);
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("plan", "p.yaml", "--check", "--junit", "plan.xml")).Expect(ExitCode.Success);
        Assert.Equal("0", Validated(project["plan.xml"]).Root!.Attribute("failures")!.Value);

        (await project.Pipeline("verify", "p.yaml", "--junit", "verify.xml")).Expect(ExitCode.StepFailed);
        var verified = Validated(project["verify.xml"]).Root!.Element("testsuite")!;
        Assert.Contains("out/x from byte", Case(verified, "moody").Element("failure")!.Value, StringComparison.Ordinal);
        Assert.Empty(Case(verified, "calm").Elements());

        (await project.Pipeline("run", "p.yaml", "--locked", "--set", "steps.calm.with.run=true", "--junit", "lock.xml", "--summary", "lock.md")).Expect(ExitCode.Stale);
        Assert.Equal("lock", Case(Validated(project["lock.xml"]).Root!.Element("testsuite")!, "calm").Element("failure")!.Attribute("type")!.Value);
        Assert.Contains("| calm | <code>with&#46;run", project.Read("lock.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--junit")]
    [InlineData("--summary")]
    public async Task A_report_that_cannot_be_written_is_refused_before_anything_runs(string option)
    {
        using var project = Ready("1", "true");
        Directory.CreateDirectory(project["folder"]);
        Assert.Contains("cannot be written to 'folder'", (await project.Pipeline(Token, "run", "p.yaml", option, "folder")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.State));
    }

    [Fact]
    public void Foreign_texts_are_no_structure_on_a_page_and_no_damage_in_XML()
    {
        NothingGetsOut(MarkdownText.Of(Hostile) + MarkdownText.Code(Hostile));
        Assert.Equal("a b", MarkdownText.Of("a\r\nb"));
        Assert.Equal("red", MarkdownText.Visible("\u001b[1;31mred\u001b[0m\u0007\u202e"));
        Assert.Equal("<pre>\n&lt;/pre&gt;\n</pre>\n", MarkdownText.Block(["</pre>"]));
        Assert.Equal("a\ufffdb", Reports.XmlText.Valid("a\ud800\u0000\uffffb"));
        Assert.Equal(new string('x', 399) + "…", MarkdownText.Of(new string('x', 399) + "\ud83d\ude00 and more"));
    }

    private static void NothingGetsOut(string page)
    {
        foreach (var structure in new[] { "<script", "</pre><", "](javascript", "![i]", "@everyone", "**b**", "`c`" }) Assert.DoesNotContain(structure, page.Replace("<pre>", "", StringComparison.Ordinal).Split("The end of its log")[0], StringComparison.Ordinal);
        // Inside a block of the log only tags could be structure.
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    private static XElement Case(XElement suite, string name) => suite.Elements("testcase").Single(c => c.Attribute("name")!.Value == name);

    /// <summary>The document, valid by what GitHub's reporters and Azure's PublishTestResults read.</summary>
    private static XDocument Validated(string file)
    {
        var document = XDocument.Load(file);
        var schemas = new XmlSchemaSet();
        schemas.Add("", XmlReader.Create(new StringReader(Schema)));
        document.Validate(schemas, (_, e) => Assert.Fail(e.Message));
        return document;
    }

    private const string Schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:attributeGroup name="totals">
            <xs:attribute name="name" type="xs:string" use="required"/>
            <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="time" type="xs:decimal" use="required"/>
          </xs:attributeGroup>
          <xs:complexType name="problem">
            <xs:simpleContent><xs:extension base="xs:string">
              <xs:attribute name="message" type="xs:string" use="required"/>
              <xs:attribute name="type" type="xs:string" use="required"/>
            </xs:extension></xs:simpleContent>
          </xs:complexType>
          <xs:element name="testsuites"><xs:complexType>
            <xs:sequence><xs:element name="testsuite" maxOccurs="unbounded"><xs:complexType>
              <xs:sequence><xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
                <xs:choice minOccurs="0">
                  <xs:element name="skipped"><xs:complexType><xs:attribute name="message" type="xs:string"/></xs:complexType></xs:element>
                  <xs:element name="error" type="problem"/>
                  <xs:element name="failure" type="problem"/>
                </xs:choice>
                <xs:attribute name="name" type="xs:string" use="required"/>
                <xs:attribute name="classname" type="xs:string" use="required"/>
                <xs:attribute name="time" type="xs:decimal" use="required"/>
              </xs:complexType></xs:element></xs:sequence>
              <xs:attributeGroup ref="totals"/>
              <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
              <xs:attribute name="timestamp" type="xs:dateTime" use="required"/>
            </xs:complexType></xs:element></xs:sequence>
            <xs:attributeGroup ref="totals"/>
          </xs:complexType></xs:element>
        </xs:schema>
        """;
}
