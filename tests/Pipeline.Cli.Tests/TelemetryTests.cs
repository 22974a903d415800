using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Cli.Tests;

/// <summary>Traces and metrics by OTLP, to a real receiver.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        steps:
          a: { uses: shell, with: { run: 'echo a > $OUT/t' } }
          b: { uses: shell, inputs: { a: a }, with: { run: 'cat $IN_A > $OUT/t' } }
          c: { uses: shell, with: { run: 'exit 3' } }
        """);

    private Task<Ended> Run(string endpoint, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_SERVICE_NAME"] = "models" };
        foreach (var (name, value) in more) variables[name] = value;
        return project.Pipeline(variables, "run", "p.yaml", "--json", "--keep-going", "-j", "1", "--store", $"file:{project["shared"]}");
    }

    private static List<OtlpSpan> Spans(Receiver receiver) => [.. receiver.Requests.Where(r => r.Path == "/v1/traces").SelectMany(r => OtlpMessage.Spans(r.Body))];

    [Fact]
    public async Task A_run_is_a_span_with_a_span_for_each_step_below_it_as_part_of_the_trace_it_was_started_in()
    {
        using var receiver = new Receiver();
        (await Run(receiver.Address, ("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=models"))).Expect(ExitCode.StepFailed);
        var spans = Spans(receiver);
        Assert.All(spans, s => Assert.Equal("0af7651916cd43dd8448eb211c80319c", s.Trace));
        Assert.All(spans, s => Assert.True(s.End >= s.Start));
        var run = Assert.Single(spans, s => s.Name == "run p");
        Assert.Equal("b7ad6b7169203331", run.Parent);
        Assert.Equal("failed", run.Attributes["pipeline.status"]);
        Assert.True(run.Failed);
        var steps = spans.Where(s => s.Name.StartsWith("step ", StringComparison.Ordinal)).ToDictionary(s => s.Name);
        Assert.Equal(["step a", "step b", "step c"], steps.Keys.Order());
        Assert.All(steps.Values, s => Assert.Equal(run.Id, s.Parent));
        Assert.Equal("ran", steps["step a"].Attributes["pipeline.step.decision"]);
        Assert.Equal("never ran", steps["step a"].Attributes["pipeline.step.reason"]);
        Assert.Equal("shell", steps["step a"].Attributes["pipeline.step.type"]);
        Assert.Matches("^[0-9a-f]{64}$", steps["step a"].Attributes["pipeline.step.key"]);
        Assert.Equal("step", steps["step c"].Attributes["pipeline.step.cause"]);
        Assert.True(steps["step c"].Failed);
        Assert.Contains(spans, s => s.Name == "publish" && s.Parent == steps["step a"].Id);
        Assert.Contains(spans, s => s.Name == "wait" && s.Attributes["pipeline.wait.for"] == "a place (-j)" && steps.Values.Any(p => p.Id == s.Parent && p.Start == s.Start));
        Assert.Equal("models", OtlpMessage.Resource(receiver.Requests.First(r => r.Path == "/v1/traces").Body)["service.name"]);
        Assert.All(receiver.Requests, r => Assert.Equal("models", r.Headers["x-team"]));

        var sums = OtlpMessage.Sums(receiver.Requests.Last(r => r.Path == "/v1/metrics").Body);
        Assert.Equal(2, sums["pipeline.steps{pipeline.step.decision=ran}"]);
        Assert.Equal(1, sums["pipeline.steps{pipeline.step.decision=failed}"]);
        Assert.Equal(3, sums["pipeline.cache.lookups{pipeline.cache.result=miss}"]);
        Assert.Contains("pipeline.step.duration", sums.Keys);
        Assert.True(sums["pipeline.store.uploaded"] > 0);

        using var again = new Receiver();
        await Run(again.Address);
        Assert.Equal("reused", Spans(again).Single(s => s.Name == "step a").Attributes["pipeline.step.decision"]);
        Assert.Equal("", Spans(again).Single(s => s.Name == "run p").Parent);
        Assert.Equal(2, OtlpMessage.Sums(again.Requests.Last(r => r.Path == "/v1/metrics").Body)["pipeline.cache.lookups{pipeline.cache.result=hit}"]);
    }

    [Fact]
    public async Task An_address_of_one_signal_is_used_as_it_stands_and_sends_that_signal_alone()
    {
        using var receiver = new Receiver();
        var variables = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = receiver.Address + "/mine", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" };
        (await project.Pipeline(variables, "run", "p.yaml", "--json")).Expect(ExitCode.StepFailed);
        Assert.Equal(["/mine"], receiver.Requests.Select(r => r.Path).Distinct());
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_costs_a_run_a_few_seconds_and_nothing_else()
    {
        var nobody = (await Run($"http://127.0.0.1:{Receiver.FreePort()}")).Expect(ExitCode.StepFailed);
        Assert.Contains("a:ran b:ran c:failed", nobody.Decisions, StringComparison.Ordinal);
        Assert.Contains("could not be sent to where OTEL_EXPORTER_OTLP_…ENDPOINT says; the run is not affected", nobody.Error, StringComparison.Ordinal);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();
        (await Run($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}")).Expect(ExitCode.StepFailed);
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 150);
    }

    [Fact]
    public async Task Settings_that_cannot_be_are_said_and_the_run_goes_on_without()
    {
        Assert.Contains("is no http(s) address: no traces or metrics are sent", (await Run("collector:4317")).Expect(ExitCode.StepFailed).Error, StringComparison.Ordinal);
        Assert.Contains("only grpc and http/protobuf", (await Run("http://127.0.0.1:9", ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"))).Expect(ExitCode.StepFailed).Error, StringComparison.Ordinal);
        (await Run("http://127.0.0.1:9", ("OTEL_EXPORTER_OTLP_HEADERS", "no header"))).Expect(ExitCode.StepFailed);
        using var receiver = new Receiver();
        Assert.Equal("", (await Run(receiver.Address, ("OTEL_SDK_DISABLED", "true"))).Expect(ExitCode.StepFailed).Error);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Nothing_of_it_is_loaded_where_it_is_not_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a process has loaded is read from /proc");
        project.Write("p.yaml", "name: p\nsteps:\n  a: { uses: shell, with: { run: 'cat /proc/[0-9]*/maps 2>/dev/null | grep -c \"$MARK/OpenTelemetry\" > $OUT/t; true' }, env: { MARK: \"" + AppContext.BaseDirectory.TrimEnd('/') + "\" } }\n");
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "a.out", "without")).Expect(ExitCode.Success);
        using var receiver = new Receiver();
        (await project.Pipeline(new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }, "run", "p.yaml", "--force", "a")).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "a.out", "with")).Expect(ExitCode.Success);
        Assert.NotEqual("0", project.Read("with/t").Trim());
        Assert.Equal("0", project.Read("without/t").Trim());
    }

    public void Dispose() => project.Dispose();
}
