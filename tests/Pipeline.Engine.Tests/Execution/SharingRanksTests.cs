using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>Processes that share the pieces of a step.</summary>
public sealed class SharingRanksTests
{
    private sealed class Sharing(bool shares) : Step<Sharing.With, Sharing.Given, Sharing.Made>
    {
        public sealed record With
        {
            public bool Fail { get; init; }
        }

        public sealed record Given;

        public sealed record Made
        {
            public required Output<Files> Text { get; init; }
        }

        public override string Name => "test.sharing";
        public override int Version => 1;
        public override string Description => "Shares.";
        public override bool SharesPieces => shares;

        protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
        {
            File.WriteAllText(outputs.Text["text.txt"], $"of rank {context.Rank}");
            return with.Fail ? throw new StepFailedException($"rank {context.Rank} could not") : Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(true, true, "rank 1 could not")]
    [InlineData(true, false, null)]
    [InlineData(false, true, null)]
    public async Task Another_rank_than_the_first_speaks_only_of_its_failure_and_where_the_first_waits_for_its_pieces(bool shares, bool fail, string? said)
    {
        using var folder = new TemporaryFolder();
        var code = await RunAsync(folder, shares, fail, rank: 1, PieceUse.Reuse);
        Assert.Equal(fail ? 1 : 0, code);
        Assert.Equal(said, WorkerExecutor.ReadOutcome(folder["a.outcome.json"])?.Failure?.Message);
        // What it writes beside pieces is its own.
        Assert.Equal(shares, !File.Exists(folder["out/text.txt"]));
    }

    [Fact]
    public async Task Where_no_pieces_are_found_the_first_rank_does_it_all()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, await RunAsync(folder, shares: true, fail: true, rank: 1, PieceUse.Renew));
        Assert.Equal(0, await RunAsync(folder, shares: true, fail: false, rank: 0, PieceUse.Renew));
        Assert.Equal("of rank 0", File.ReadAllText(folder["out/text.txt"]));
    }

    private static Task<int> RunAsync(TemporaryFolder folder, bool shares, bool fail, int rank, PieceUse use)
    {
        Directory.CreateDirectory(folder["out"]);
        Directory.CreateDirectory(folder["scratch"]);
        var task = new StepTask
        {
            Step = "a", Uses = "test.sharing", Key = "k", With = new() { ["fail"] = fail }, Inputs = [], Sources = [], Ancestry = [], Outputs = new Dictionary<string, string> { ["text"] = folder["out"] },
            Store = folder["store"], Workspace = folder["workspace"], Scratch = folder["scratch"], OutcomeFile = folder["a.outcome.json"], Cpus = 1, Ranks = 2, Gpus = [], Pieces = folder["pieces"], PieceUse = use,
        };
        var file = folder.Write("a.task.json", JsonSerializer.Serialize(task, TaskJson.Default.StepTask));
        return Worker.RunAsync(file, new StepCatalog([new Sharing(shares)]), rank, underEngine: false, TextReader.Null, TextWriter.Null, TestContext.Current.CancellationToken);
    }
}
