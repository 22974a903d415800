using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>A crawl by the real program, killed in the midst of it and crawled again.</summary>
public sealed class CrawlTests
{
    private const int Pages = 40;

    private static SiteAnswer? Answer(SiteRequest request, string word) => request.Path switch
    {
        "/robots.txt" => null,
        _ when request["if-none-match"] == $"\"{word}\"" => new(304),
        "/" => new SiteAnswer(200, $"<html><body><p>{word} home, where all the other pages are linked from, one after the other.</p>{string.Concat(Enumerable.Range(1, Pages - 1).Select(i => $"<a href=/{i}>page {i}</a> "))}</body></html>").With("ETag", $"\"{word}\""),
        var path => new SiteAnswer(200, $"<html><body><p>{word} page {path} with a sentence or two, so that there is something on it to be kept.</p></body></html>").With("ETag", $"\"{word}\""),
    };

    private static Project Project(WebSite site) => new($$"""
        name: p
        steps:
          pages:
            uses: collect.crawl
            with: { seeds: ["{{site.Root}}/"], user_agent: "testbot (+http://example.org)", web: { allow_private: true, delay: 0.02, retries: 0 } }
        """);

    [Fact]
    public async Task Killed_it_goes_on_asks_for_no_page_twice_and_comes_to_the_same_bytes()
    {
        using var site = new WebSite(r => Answer(r, "some"));
        using var calm = Project(site);
        var whole = (await calm.Run()).Expect(ExitCode.Success);
        site.Requests.Clear();
        using var project = Project(site);
        var kills = 0;
        for (; kills < 2; kills++)
        {
            using var run = project.Start("run", "p.yaml", "--json");
            while (site.Paths.Distinct().Count() < 12 * (kills + 1)) await Task.Delay(5, TestContext.Current.CancellationToken);
            run.Signal(ProgramRun.Kill);
            await run.End();
        }

        var resumed = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal(whole.Digest("pages", "documents"), resumed.Digest("pages", "documents"));
        Assert.Equal(Pages + 1, site.Paths.Distinct().Count());
        // What was in flight when the blow fell.
        Assert.InRange(site.Requests.Count, Pages + 1, Pages + 1 + kills);
        site.Requests.Clear();
        Assert.Equal("pages:reused", (await project.Run()).Expect(ExitCode.Success).Decisions);
        Assert.Empty(site.Requests);
        (await project.Run("--set", "steps.pages.with.refresh=1")).Expect(ExitCode.Success);
        Assert.All(site.Requests, r => Assert.NotNull(r["if-none-match"]));
        Assert.Equal(Pages, site.Requests.Count);
    }
}
