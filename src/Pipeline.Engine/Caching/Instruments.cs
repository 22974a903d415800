using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Pipeline.Engine.Caching;

/// <summary>What the engine tells whoever listens to .NET's traces and metrics; without a listener it costs next to nothing. One for the process, as .NET means them to be.</summary>
public static class Instruments
{
    public const string Name = "Pipeline.Engine";

    private static readonly string? Version = typeof(Instruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    public static readonly ActivitySource Activities = new(Name, Version);
    public static readonly Meter Meter = new(Name, Version);

    internal static readonly Counter<long> Uploaded = Meter.CreateCounter<long>("pipeline.store.uploaded", "By", "Bytes put into the shared store.");
    internal static readonly Counter<long> Downloaded = Meter.CreateCounter<long>("pipeline.store.downloaded", "By", "Bytes fetched from the shared store.");
}
