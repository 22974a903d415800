using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli;

/// <summary>Sends traces and metrics by OTLP where OpenTelemetry's own variables say where to. Nothing of its libraries is loaded otherwise.</summary>
internal sealed class Telemetry : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string QueueSize = "OTEL_BSP_MAX_QUEUE_SIZE";

    /// <summary>How long the end of a run may wait for a collector.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;
    private readonly Failures failures;

    private Telemetry(Action<string> notice)
    {
        failures = new(notice);
        if (Sends("TRACES"))
        {
            // A run that reuses ten thousand steps tells of them in a moment, and the usual queue holds two thousand.
            if (Variable(QueueSize) is null) Environment.SetEnvironmentVariable(QueueSize, (1 << 16).ToString(CultureInfo.InvariantCulture));
            traces = Sdk.CreateTracerProviderBuilder().AddSource(Instruments.Name).ConfigureResource(Describe).AddOtlpExporter(o => Direct(o, "TRACES")).Build();
        }

        if (Sends("METRICS")) metrics = Sdk.CreateMeterProviderBuilder().AddMeter(Instruments.Name).ConfigureResource(Describe).AddOtlpExporter(o => Direct(o, "METRICS")).Build();
    }

    private static bool Sends(string signal) => Variable($"OTEL_{signal}_EXPORTER") != "none" && (Variable(Endpoint) ?? Variable(EndpointOf(signal))) is not null;

    /// <summary>A signal's own address is used as it stands, without a path after it.</summary>
    private static void Direct(OtlpExporterOptions options, string signal)
    {
        if (Variable(EndpointOf(signal)) is { } own) options.Endpoint = new(own);
    }

    private static string EndpointOf(string signal) => $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";

    /// <summary>Null where nothing is to be sent. What is wrong with the settings is said, and stops no run.</summary>
    public static Telemetry? Start(Action<string> notice)
    {
        string[] given = [.. new[] { Endpoint, EndpointOf("TRACES"), EndpointOf("METRICS") }.Where(name => Variable(name) is not null)];
        if (given.Length == 0 || string.Equals(Variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return null;
        if (given.FirstOrDefault(name => !Uri.TryCreate(Variable(name), UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")) is { } wrong)
        {
            notice($"{wrong} is no http(s) address: no traces or metrics are sent.");
            return null;
        }

        if (Variable("OTEL_EXPORTER_OTLP_PROTOCOL") is { } protocol and not ("grpc" or "http/protobuf"))
        {
            notice($"OTEL_EXPORTER_OTLP_PROTOCOL is '{protocol}', but only grpc and http/protobuf can be sent: no traces or metrics are.");
            return null;
        }

        try
        {
            return Create(notice);
        }
        catch (Exception)
        {
            // What it says may quote a header, key and all.
            notice("OpenTelemetry cannot be set up as the variables OTEL_… say: no traces or metrics are sent.");
            return null;
        }
    }

    /// <summary>The span that this program is part of (TRACEPARENT, as CI systems set it); none otherwise.</summary>
    public static IRunObserver Observer() =>
        new RunTrace(ActivityContext.TryParse(Variable("TRACEPARENT"), Variable("TRACESTATE"), isRemote: true, out var parent) ? parent : default, TimeProvider.System);

    /// <summary>Sends what is left, for a few seconds at most.</summary>
    public void Dispose()
    {
        var milliseconds = (int)Patience.TotalMilliseconds;
        Parallel.Invoke(() => traces?.Shutdown(milliseconds), () => metrics?.Shutdown(milliseconds));
        failures.Dispose();
    }

    // Kept out of its caller, which would load the libraries to be compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Telemetry Create(Action<string> notice) => new(notice);

    private static void Describe(ResourceBuilder resource)
    {
        if (Variable("OTEL_RESOURCE_ATTRIBUTES")?.Contains("service.name=", StringComparison.Ordinal) == true && Variable("OTEL_SERVICE_NAME") is null) return;
        resource.AddService(Variable("OTEL_SERVICE_NAME") ?? "pipelines", serviceVersion: Instruments.Meter.Version);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The libraries keep their failures to themselves; the first is worth a word.</summary>
    private sealed class Failures(Action<string> notice) : EventListener
    {
        private int told;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Error);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // Its own words may hold the address with what is secret in it.
            if (Interlocked.Exchange(ref told, 1) == 0) notice($"Traces and metrics could not be sent to where OTEL_EXPORTER_OTLP_…ENDPOINT says; the run is not affected.");
        }
    }
}
