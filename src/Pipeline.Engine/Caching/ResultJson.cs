using System.Buffers;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>A result as JSON. Read and written by hand: thousands are read before a run says its first word, and a general serializer would first have to be compiled.</summary>
internal static class ResultJson
{
    public static byte[] Write(StepResult result)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("key", result.Key);
            json.WritePropertyName("recipe");
            result.Recipe.WriteTo(json);
            json.WriteStartObject("outputs");
            foreach (var (name, output) in result.Outputs) Write(json, name, output);
            json.WriteEndObject();
            Write(json, "metrics", result.Metrics);
            Write(json, "measurements", result.Measurements);
            json.WriteString("summary", result.Summary);
            json.WriteNumber("seconds", result.Seconds);
            json.WriteString("run", result.Run);
            json.WriteString("finished", result.Finished);
            if (result.State is { } state) Write(json, state);
            if (result.WentOnFrom is { } from) Write(json, from);
            json.WriteStartArray("upstream");
            foreach (var key in result.Upstream) json.WriteStringValue(key);
            json.WriteEndArray();
            json.WriteStartObject("environment");
            foreach (var (name, value) in result.Environment) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null where the text is no result.</summary>
    public static StepResult? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = new Utf8JsonReader(text);
            json.Read();
            var result = Result(ref json, text);
            return json.Read() ? null : result;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            // Not JSON, another type than expected, a date or a number that is none, a name given twice.
            return null;
        }
    }

    private static StepResult? Result(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        string? key = null, summary = null, run = null;
        byte[]? recipe = null;
        Dictionary<string, ResultOutput>? outputs = null;
        Dictionary<string, double>? metrics = null, measurements = null;
        KeptState? state = null;
        ShorterRun? from = null;
        List<string> upstream = [];
        byte[]? environment = null;
        double? seconds = null;
        DateTimeOffset? finished = null;
        Open(ref json);
        while (Next(ref json))
        {
            if (Is(ref json, "key"u8)) key = json.GetString();
            else if (Is(ref json, "recipe"u8)) recipe = Object(ref json, text);
            else if (Is(ref json, "outputs"u8)) outputs = Outputs(ref json);
            else if (Is(ref json, "metrics"u8)) metrics = Numbers(ref json);
            else if (Is(ref json, "measurements"u8)) measurements = Numbers(ref json);
            else if (Is(ref json, "summary"u8)) summary = json.GetString();
            else if (Is(ref json, "seconds"u8)) seconds = Number(ref json);
            else if (Is(ref json, "run"u8)) run = json.GetString();
            else if (Is(ref json, "finished"u8)) finished = json.GetDateTimeOffset();
            else if (Is(ref json, "state"u8)) state = State(ref json);
            else if (Is(ref json, "went_on_from"u8)) from = From(ref json);
            else if (Is(ref json, "upstream"u8)) upstream = List(ref json);
            else if (Is(ref json, "environment"u8)) environment = TextsOnly(ref json, text);
            else Pass(ref json);
        }

        return key is null || recipe is null || outputs is null || metrics is null || measurements is null || summary is null || seconds is null || run is null || finished is null
            || !double.IsFinite(seconds.Value) || !metrics.Values.All(double.IsFinite) ? null
            : new(key, recipe, environment) { Outputs = outputs, Metrics = metrics, Measurements = measurements, Summary = summary, Seconds = seconds.Value, Run = run, Finished = finished.Value, State = state, WentOnFrom = from, Upstream = upstream };
    }

    private static Dictionary<string, ResultOutput> Outputs(ref Utf8JsonReader json)
    {
        var outputs = new Dictionary<string, ResultOutput>(StringComparer.Ordinal);
        Open(ref json);
        while (Next(ref json))
        {
            var name = json.GetString()!;
            json.Read();
            string? digest = null;
            List<ArtifactFile>? files = null;
            Open(ref json);
            while (Next(ref json))
            {
                if (Is(ref json, "digest"u8)) digest = json.GetString();
                else if (Is(ref json, "files"u8)) files = Files(ref json);
                else Pass(ref json);
            }

            outputs.Add(name, new(digest ?? throw new JsonException(), files ?? throw new JsonException()));
        }

        return outputs;
    }

    private static List<ArtifactFile> Files(ref Utf8JsonReader json)
    {
        var files = new List<ArtifactFile>(4);
        Open(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            string? path = null, sha256 = null;
            long? size = null;
            Open(ref json);
            while (Next(ref json))
            {
                if (Is(ref json, "path"u8)) path = json.GetString();
                else if (Is(ref json, "size"u8)) size = json.GetInt64();
                else if (Is(ref json, "sha256"u8)) sha256 = json.GetString();
                else Pass(ref json);
            }

            files.Add(new(path ?? throw new JsonException(), size ?? throw new JsonException(), sha256 is not null && Sha256.IsDigest(sha256) ? sha256 : throw new JsonException()));
        }

        return files;
    }

    private static KeptState? State(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null) return null;
        string? line = null, digest = null;
        long? horizon = null;
        List<ArtifactFile>? files = null;
        Open(ref json);
        while (Next(ref json))
        {
            if (Is(ref json, "line"u8)) line = json.GetString();
            else if (Is(ref json, "horizon"u8)) horizon = json.GetInt64();
            else if (Is(ref json, "digest"u8)) digest = json.GetString();
            else if (Is(ref json, "files"u8)) files = Files(ref json);
            else Pass(ref json);
        }

        return new(line ?? throw new JsonException(), horizon ?? throw new JsonException(), digest ?? throw new JsonException(), files ?? throw new JsonException());
    }

    private static ShorterRun? From(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null) return null;
        string? key = null, run = null;
        long? horizon = null;
        Open(ref json);
        while (Next(ref json))
        {
            if (Is(ref json, "key"u8)) key = json.GetString();
            else if (Is(ref json, "horizon"u8)) horizon = json.GetInt64();
            else if (Is(ref json, "run"u8)) run = json.GetString();
            else Pass(ref json);
        }

        return new(key ?? throw new JsonException(), horizon ?? throw new JsonException(), run ?? throw new JsonException());
    }

    private static List<string> List(ref Utf8JsonReader json)
    {
        var texts = new List<string>(2);
        Open(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) texts.Add(json.GetString() ?? throw new JsonException());
        return texts;
    }

    private static Dictionary<string, double> Numbers(ref Utf8JsonReader json)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        Open(ref json);
        while (Next(ref json))
        {
            var name = json.GetString()!;
            json.Read();
            numbers.Add(name, Number(ref json));
        }

        return numbers;
    }

    /// <summary>The texts of an object that holds nothing else.</summary>
    public static IReadOnlyDictionary<string, string> Texts(byte[] text)
    {
        var json = new Utf8JsonReader(text);
        json.Read();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Open(ref json);
        while (Next(ref json))
        {
            var name = json.GetString()!;
            json.Read();
            texts[name] = json.GetString()!;
        }

        return texts;
    }

    private static byte[] TextsOnly(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        var start = (int)json.TokenStartIndex;
        Open(ref json);
        while (Next(ref json))
        {
            // Names and texts are decoded once here: what is no Unicode is found now and not by whoever asks for them.
            json.GetString();
            json.Read();
            Open(ref json, JsonTokenType.String);
            json.GetString();
        }

        return text[start..(int)json.BytesConsumed].ToArray();
    }

    private static byte[] Object(ref Utf8JsonReader json, ReadOnlySpan<byte> text)
    {
        var start = (int)json.TokenStartIndex;
        Open(ref json);
        json.Skip();
        return text[start..(int)json.BytesConsumed].ToArray();
    }

    private static void Write(Utf8JsonWriter json, KeptState state)
    {
        json.WriteStartObject("state");
        json.WriteString("line", state.Line);
        json.WriteNumber("horizon", state.Horizon);
        json.WriteString("digest", state.Digest);
        Write(json, state.Files);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ShorterRun from)
    {
        json.WriteStartObject("went_on_from");
        json.WriteString("key", from.Key);
        json.WriteNumber("horizon", from.Horizon);
        json.WriteString("run", from.Run);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ResultOutput output)
    {
        json.WriteStartObject(name);
        json.WriteString("digest", output.Digest);
        Write(json, output.Files);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ArtifactFile> files)
    {
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("size", file.Size);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double> numbers)
    {
        json.WriteStartObject(name);
        foreach (var (of, number) in numbers)
        {
            if (double.IsFinite(number)) json.WriteNumber(of, number);
            else json.WriteString(of, double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }

        json.WriteEndObject();
    }

    /// <summary>A number, or the word for one that JSON has no number for.</summary>
    private static double Number(ref Utf8JsonReader json) =>
        json.TokenType != JsonTokenType.String ? json.GetDouble()
        : json.ValueTextEquals("NaN"u8) ? double.NaN
        : json.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
        : json.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
        : throw new JsonException();

    private static void Open(ref Utf8JsonReader json, JsonTokenType kind = JsonTokenType.StartObject)
    {
        if (json.TokenType != kind) throw new JsonException();
    }

    /// <summary>Goes to the next name of the object; false at its end.</summary>
    private static bool Next(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes on to the value where the name is this one.</summary>
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read();

    private static void Pass(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}
