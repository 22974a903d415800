using System.Globalization;
using Google.Protobuf;

namespace Pipeline.Cli.Tests;

/// <summary>A span as OTLP sends it.</summary>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes, bool Failed, ulong Start, ulong End);

/// <summary>Reads OTLP's export requests from the wire, by the field numbers of opentelemetry/proto.</summary>
internal static class OtlpMessage
{
    /// <summary>ExportTraceServiceRequest: resource_spans 1 { resource 1, scope_spans 2 { scope 1, spans 2 } }.</summary>
    public static IEnumerable<OtlpSpan> Spans(byte[] request) =>
        from resource in Nested(request, 1)
        from scope in Nested(resource, 2)
        from span in Nested(scope, 2)
        select Span(span);

    /// <summary>Attributes of the resources: resource 1 { attributes 1 }.</summary>
    public static IReadOnlyDictionary<string, string> Resource(byte[] request) => Attributes(Nested(Nested(request, 1).First(), 1).First(), 1);

    /// <summary>ExportMetricsServiceRequest: names, units aside, of metrics 2 in scope_metrics 2, with the sums of their integer points: sum 7 { data_points 1 { attributes 7, as_int 6 } }.</summary>
    public static Dictionary<string, long> Sums(byte[] request)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var metric in Nested(request, 1).SelectMany(r => Nested(r, 2)).SelectMany(s => Nested(s, 2)))
        {
            var name = System.Text.Encoding.UTF8.GetString(Nested(metric, 1).First());
            sums.TryAdd(name, 0);
            foreach (var point in Nested(metric, 7).SelectMany(s => Nested(s, 1)))
            {
                var value = (long)Numbers(point, 6).FirstOrDefault();
                sums[name] = sums.GetValueOrDefault(name) + value;
                foreach (var (key, text) in Attributes(point, 7)) sums[$"{name}{{{key}={text}}}"] = sums.GetValueOrDefault($"{name}{{{key}={text}}}") + value;
            }
        }

        return sums;
    }

    /// <summary>trace_id 1, span_id 2, parent_span_id 4, name 5, start 7, end 8, attributes 9, status 15 { code 3 }.</summary>
    private static OtlpSpan Span(byte[] span) => new(
        Hex(span, 1),
        Hex(span, 2),
        Hex(span, 4),
        System.Text.Encoding.UTF8.GetString(Nested(span, 5).First()),
        Attributes(span, 9),
        Nested(span, 15).SelectMany(s => Numbers(s, 3)).FirstOrDefault() == 2,
        Numbers(span, 7).First(),
        Numbers(span, 8).First());

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Nested(message, field).FirstOrDefault() ?? []);

    /// <summary>KeyValue: key 1, value 2 { string 1, bool 2, int 3, double 4 }.</summary>
    private static Dictionary<string, string> Attributes(byte[] message, int field) => Nested(message, field).ToDictionary(
        pair => System.Text.Encoding.UTF8.GetString(Nested(pair, 1).First()),
        pair => Nested(pair, 2).First() is var value && Nested(value, 1).FirstOrDefault() is { } text ? System.Text.Encoding.UTF8.GetString(text) : Numbers(value, 3).Concat(Numbers(value, 2)).FirstOrDefault().ToString(CultureInfo.InvariantCulture),
        StringComparer.Ordinal);

    private static List<byte[]> Nested(byte[] message, int field) => Read(message, field).Bytes;

    private static List<ulong> Numbers(byte[] message, int field) => Read(message, field).Numbers;

    private static (List<byte[]> Bytes, List<ulong> Numbers) Read(byte[] message, int field)
    {
        var (bytes, numbers) = (new List<byte[]>(), new List<ulong>());
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            var wanted = WireFormat.GetTagFieldNumber(tag) == field;
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited when wanted:
                    bytes.Add(input.ReadBytes().ToByteArray());
                    break;
                case WireFormat.WireType.Varint when wanted:
                    numbers.Add(input.ReadUInt64());
                    break;
                case WireFormat.WireType.Fixed64 when wanted:
                    numbers.Add(input.ReadFixed64());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (bytes, numbers);
    }
}
