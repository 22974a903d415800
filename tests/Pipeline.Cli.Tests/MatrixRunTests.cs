namespace Pipeline.Cli.Tests;

/// <summary>Variants and the choice among them, through the real program.</summary>
public sealed class MatrixRunTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        params: { most: 9 }
        steps:
          files: { uses: collect.files, with: { paths: ["*.txt"] } }
          clean:
            uses: clean.text
            inputs: { documents: files }
            matrix: { with.minimum_words: [3, 1, 2] }
            select: { metric: documents.out, goal: max }
          after: { uses: shell, inputs: { text: clean.documents }, with: { run: 'cp "$IN_TEXT" "$OUT/text"' } }
        """);

    public MatrixRunTests()
    {
        project.Write("a.txt", "one two");
        project.Write("b.txt", "one two three");
    }

    [Fact]
    public async Task Each_variant_runs_once_and_the_best_goes_on_the_first_of_equals()
    {
        var first = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("files:ran clean--minimum_words-3:ran clean--minimum_words-1:ran clean--minimum_words-2:ran clean:ran after:ran", first.Decisions);
        Assert.Equal(first.Digest("clean--minimum_words-1", "documents"), first.Digest("clean", "documents"));
        Assert.StartsWith("clean--minimum_words-1 of 3: documents.out 2", (string)first.Steps["clean"]["summary"]!, StringComparison.Ordinal);
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Another_value_runs_one_variant_and_the_choice_and_stops_where_the_winner_is_the_same()
    {
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("files:reused clean--minimum_words-3:reused clean--minimum_words-1:reused clean--minimum_words-2:reused clean--minimum_words-0:ran clean:ran after:reused", (await project.Run("--set", "steps.clean.matrix.with.minimum_words=[3,1,2,0]")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_variant_that_is_skipped_is_no_candidate_and_without_candidates_nothing_goes_on()
    {
        project.Write("p.yaml", project.Read("p.yaml").Replace("    select:", "    when: \"params.most > ${{ matrix.least }}\"\n    select:", StringComparison.Ordinal).Replace("{ with.minimum_words: [3, 1, 2] }", "{ least: [3, 1, 2] }\n    with: { minimum_words: \"${{ matrix.least }}\" }", StringComparison.Ordinal));
        var some = (await project.Run("--param", "most=2")).Expect(ExitCode.Success);
        Assert.Equal("files:ran clean--least-3:skipped clean--least-1:ran clean--least-2:skipped clean:ran after:ran", some.Decisions);
        Assert.Equal("files:reuse clean--least-3:skip clean--least-1:reuse clean--least-2:skip clean:reuse after:reuse", (await project.Plan("--param", "most=2")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("files:reused clean--least-3:skipped clean--least-1:skipped clean--least-2:skipped clean:skipped after:skipped", (await project.Run("--param", "most=0")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_sweep_shows_the_best_first_and_says_what_did_not_run()
    {
        Assert.Contains("did not run", (await project.Pipeline("sweep", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("no results to draw", (await project.Pipeline("sweep", "p.yaml", "-o", "sweep.html")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Run()).Expect(ExitCode.Success);
        var lines = (await project.Pipeline("sweep", "p.yaml", "clean", "-o", "sweep.html")).Expect(ExitCode.Success).Output.Split('\n');
        Assert.Equal("clean: 3 variants by documents.out, highest first", lines[0]);
        Assert.Matches(@"^ +minimum_words +took +documents.out$", lines[2]);
        Assert.Matches(@"^ +1 +\S+ \S+ +2  best$", lines[3]);
        Assert.Matches(@"^ +2 +\S+ \S+ +2$", lines[4]);
        Assert.Matches(@"^ +3 +\S+ \S+ +1$", lines[5]);
        Assert.Contains("documents.out over minimum_words", project.Read("sweep.html"), StringComparison.Ordinal);
        Assert.Contains("lowest first", (await project.Pipeline("sweep", "p.yaml", "--metric", "words.out")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("'files' has no matrix. Sweeps are: clean.", (await project.Pipeline("sweep", "p.yaml", "files")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_matrix_holds_is_text_on_the_page()
    {
        project.Write("p.yaml", """
            name: p
            steps:
              s:
                uses: shell
                with: { run: 'printf "{\"loss\": %d}" ${#X} > "$PIPELINE_METRICS"', env: { X: "${{ matrix.x }}" } }
                matrix: { x: ["<script>alert(1)</script>", "a&b"] }
            """);
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Contains("name a metric with --metric NAME", (await project.Pipeline("sweep", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Pipeline("sweep", "p.yaml", "--metric", "loss", "-o", "sweep.html")).Expect(ExitCode.Success);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", project.Read("sweep.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", project.Read("sweep.html"), StringComparison.Ordinal);
        project.Write("none.yaml", "name: n\nsteps:\n  s: { uses: shell, with: { run: 'true' } }\n");
        Assert.Contains("has no matrix", (await project.Pipeline("sweep", "none.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Losses_of_what_predicts_something_else_are_said_not_to_compare()
    {
        project.Write("p.yaml", """
            name: p
            steps:
              s:
                uses: shell
                with: { run: 'printf "{\"validation.loss\": $X}" > "$PIPELINE_METRICS"', env: { X: "${{ matrix.x }}" } }
                matrix: { x: ["3, \"validation.perplexity\": 20", "2"] }
            """);
        (await project.Run()).Expect(ExitCode.Success);
        Assert.EndsWith("The losses do not all compare: s--x-2 predicted something else than all next tokens, and so has no perplexity. By it: --metric validation.perplexity", (await project.Pipeline("sweep", "p.yaml", "--metric", "validation.loss", "-o", "sweep.html")).Expect(ExitCode.Success).Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("do not all compare", project.Read("sweep.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("compare", (await project.Pipeline("sweep", "p.yaml", "--metric", "validation.perplexity")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variant_that_fails_fails_the_choice()
    {
        project.Write("p.yaml", "name: p\nsteps:\n  s: { uses: shell, with: { run: 'exit ${{ matrix.code }}' }, matrix: { code: [0, 3] }, select: { metric: x, goal: min } }\n");
        Assert.Equal("s--code-0:ran s--code-3:failed s:skipped", (await project.Run("--keep-going")).Expect(ExitCode.StepFailed).Decisions);
    }

    public void Dispose() => project.Dispose();
}
