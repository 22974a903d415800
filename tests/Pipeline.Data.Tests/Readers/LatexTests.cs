using CsCheck;
using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Readers;

public class LatexTests
{
    [Theory]
    [InlineData("a % comment\n  b", "a b")]
    [InlineData("one\n\ntwo\\par three", "one\n\ntwo\n\nthree")]
    [InlineData("\\section*{Head \\emph{now}}Text~\\textbf{bold}.", "Head now\n\nText bold.")]
    [InlineData("energy $E = mc^2$ and \\(x\\)", "energy $E = mc^2$ and $x$")]
    [InlineData("so\\begin{align}a &= b\\label{e} \\\\ c % no\n&= d\\end{align}ends", "so\n\n$$a &= b \\\\ c &= d$$\n\nends")]
    [InlineData("\\[ x \\] $$y$$", "$$x$$\n\n$$y$$")]
    [InlineData("\\newcommand{\\R}{\\mathbb{R}}in $\\R^n$ and \\[ \\R \\to \\R \\]", "in $\\R^n$ and\n\n$$\\R \\to \\R$$")]
    [InlineData("\\newcommand{\\R}{\\ensuremath{\\mathbb{R}}}\\newcommand{\\norm}[1]{$\\|#1\\|$}in \\R and \\norm{x}", "in $\\mathbb{R}$ and $\\|x\\|$")]
    [InlineData("\\def\\be{\\begin{equation}}\\def\\ee{\\end{equation}, so}\\be \\R = 1 \\ee it \\emph{ends}.", "$$\\R = 1$$\n\n, so it ends.")]
    [InlineData("\\newenvironment{eqs}{\\begin{align*}}{\\end{align*}}a\\begin{eqs} x &= \\R \\\\ y \\end{eqs}b", "a\n\n$$x &= \\R \\\\ y$$\n\nb")]
    [InlineData("$a \\text{ if $x$ holds} \\$ b$ then", "$a \\text{ if $x$ holds} \\$ b$ then")]
    [InlineData("It costs $5 and more.\n\nThen $x$.", "It costs $5 and more.\n\nThen $x$.")]
    [InlineData("\\[ a \\\\[2pt] b \\]", "$$a \\\\[2pt] b$$")]
    [InlineData("\\begin{equation}\\begin{cases} a & b \\end{cases} % no\n c\\end{equation}", "$$\\begin{cases} a & b \\end{cases} c$$")]
    [InlineData("\\begin{itemize}\\item a\\item b\\begin{enumerate}\\item c\\item d\\end{enumerate}\\end{itemize}", "- a\n- b\n  1. c\n  2. d")]
    [InlineData("\\begin{verbatim}\n\\x{y} % z\n\\end{verbatim}", "```\n\\x{y} % z\n```")]
    [InlineData("\\begin{tabular}{ll}a & b \\\\ \\hline 1 & 2\\end{tabular}", "a | b\n1 | 2")]
    [InlineData("Caf\\'e na\\\"{\\i}ve \\v{S}koda \\ss{} \\o{} G\\\"odel \\c{c}a", "Café naïve Škoda ß ø Gödel ça")]
    [InlineData("``quoted'' -- and --- 5\\% \\& \\#1 \\ldots", "“quoted” – and — 5% & #1 …")]
    [InlineData("\\newcommand{\\who}[2][Ann]{#1 and #2}\\who{Bo}, \\who[Cy]{Di}", "Ann and Bo, Cy and Di")]
    [InlineData("\\def\\pair#1#2{<#2,#1>}\\pair{a}b", "<b,a>")]
    [InlineData("see \\cite[p.~3]{knuth} and \\ref{sec:a}\\label{here}\\index{word}", "see [knuth] and [sec:a]")]
    [InlineData("a\\input{chapters/one}b", "a\n\n[input: chapters/one]\n\nb")]
    [InlineData("fact\\footnote{Really.} stands \\href{http://a.b}{there}", "fact (Really.) stands there")]
    [InlineData("\\documentclass{book}\\title{T}junk\\begin{document}\\begin{thm}[Gauss] x \\end{thm}\\begin{proof}y\\end{proof}\\end{document}tail", "Theorem (Gauss). x\n\nProof. y")]
    public void Latex_becomes_text(string latex, string text) => Assert.Equal(text, Collect.Text("a.tex", latex));

    [Fact]
    public void The_title_page_is_metadata() =>
        Assert.Equal(["author=Ann", "title=On \u201cthings\u201d"], Collect.One("a.tex", "\\title{On ``things''}\\author{Ann}\\date{\\today}\\begin{document}x\\end{document}")[0].Metadata.Select(m => $"{m.Key}={m.Value}"));

    [Theory]
    [InlineData("\\def\\a{\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c}\\def\\c{\\a\\a\\a\\a}\\a the words", 1)]
    [InlineData("\\def\\x{\\x}\\x the words ", 1)]
    [InlineData("{", 300_000)]
    [InlineData("\\label{", 200_000)]
    [InlineData("\\begin{itemize}\\item ", 20_000)]
    [InlineData("$", 300_001)]
    [InlineData("\\(", 100_000)]
    [InlineData("$ { ", 100_000)]
    [InlineData("\\begin{equation}", 20_000)]
    [InlineData("\\def\\e{\\end{align}\\begin{align}}\\begin{align}\\e\\e", 5_000)]
    [InlineData("\\section{", 100_000)]
    [InlineData("\\item[", 100_000)]
    public async Task Hostile_files_are_read_in_bounded_time(string piece, int times)
    {
        var read = Task.Run(() => Collect.One("a.tex", "the words " + string.Concat(Enumerable.Repeat(piece, times))));
        Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(30))) == read, "took more than 30 s");
        Assert.Contains("the words", Assert.Single(await read).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_characters_are_read() => Gen.Char["\\{}[]$%&#~^_ab \n@*`'-"].Array[0, 80].Sample(c => Assert.True(Collect.One("a.tex", "x" + new string(c)).Count <= 1), iter: 1000);

    [Fact]
    public void Real_chapters_keep_their_sentences_and_formulas()
    {
        var folder = SharedData.Find("papers/hott-tex");
        Assert.SkipWhen(folder is null, "papers are absent");
        foreach (var file in Directory.GetFiles(folder, "*.tex").Where(f => !f.EndsWith("macros.tex", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var text = Assert.Single(Collect.One("a.tex", File.ReadAllBytes(file))).Text;
            Assert.True(text.Length > new FileInfo(file).Length / 3, file);
            Assert.DoesNotContain("\\begin{enumerate}", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\\section{", text, StringComparison.Ordinal);
        }
    }
}
