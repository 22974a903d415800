using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

public sealed class RunTraceTests
{
    private sealed class Listening : IStepListener
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Logged(string line) => Lines.Enqueue(line);

        public void Progressed(StepProgress progress)
        {
        }
    }

    [Fact]
    public async Task A_worker_goes_on_with_the_trace_of_its_step()
    {
        using var folder = new TemporaryFolder();
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == Instruments.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        var worker = new WorkerExecutor(["/bin/sh", folder.Write("worker.sh", "echo \"trace $TRACEPARENT\"\n")], new RankLauncher(() => "none", (_, _) => throw new InvalidOperationException()), new Dictionary<string, string>());
        var task = new StepTask
        {
            Step = "a", Uses = "test.write", Key = "k", With = [], Inputs = [], Sources = [], Ancestry = [], Outputs = new Dictionary<string, string>(),
            Store = folder["store"], Workspace = folder["workspace"], Scratch = folder["scratch"], OutcomeFile = folder["a.outcome.json"], Cpus = 1, Ranks = 1, Gpus = [], Pieces = folder["pieces"], PieceUse = PieceUse.Ignore,
        };
        var heard = new Listening();
        using (var span = Instruments.Activities.StartActivity("step a"))
        {
            await worker.RunAsync(task, heard, default);
            Assert.Equal([$"trace {span!.Id}"], heard.Lines);
        }
    }

    [Fact]
    public async Task Waiting_trying_again_and_being_skipped_are_in_the_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var bench = new Bench().Step("a", "a", fail: true, retry: new(2, [RetryCause.Step], TimeSpan.Zero)).Step("b", "b", ["a"]);
        await bench.RunAsync();
        var trace = new RunTrace(default, TimeProvider.System);
        foreach (var happened in bench.Heard) trace.On(happened);
        var run = Assert.Single(spans, s => s.OperationName == "run bench" && s.GetTagItem("pipeline.steps") is 2);
        var (a, b) = (spans.Single(s => s.OperationName == "step a" && s.ParentSpanId == run.SpanId), spans.Single(s => s.OperationName == "step b" && s.ParentSpanId == run.SpanId));
        Assert.Equal(2, a.GetTagItem("pipeline.step.attempts"));
        Assert.Equal("retry", Assert.Single(a.Events).Name);
        Assert.Equal("'a' was told to fail", a.StatusDescription);
        Assert.Equal("skipped", b.GetTagItem("pipeline.step.decision"));
        Assert.Equal(ActivityStatusCode.Unset, b.Status);
    }
}
