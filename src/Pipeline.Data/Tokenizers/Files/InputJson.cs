using System.Text.Json;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

/// <summary>What makes an input of a text: truncation, padding, and the template that the post-processor is.</summary>
internal static class InputJson
{
    private const string PostProcessor = "post_processor";

    public static Truncation? Truncation(JsonElement root)
    {
        if (Given(root, "truncation") is not { } given) return null;
        return new(NumberOf(given, "max_length", 0, int.MaxValue), Enum<TruncationStrategy>(given, "strategy"), Enum<Side>(given, "direction", Side.Right), NumberOf(given, "stride", 0, int.MaxValue, 0));
    }

    public static Padding? Padding(JsonElement root, int vocabularySize)
    {
        if (Given(root, "padding") is not { } given) return null;
        var strategy = Given(given, "strategy");
        int? length = strategy is { ValueKind: JsonValueKind.Object } fixedTo ? NumberOf(fixedTo, "Fixed", 0, 1 << 24)
            : strategy is { ValueKind: JsonValueKind.String } name && name.GetString() == "BatchLongest" ? null : throw new InvalidDataException($"padding.strategy is {(strategy is { } other ? Shown(other) : "missing")}; expected \"BatchLongest\" or {{\"Fixed\": length}}.");
        int? multiple = Given(given, "pad_to_multiple_of") is null ? null : NumberOf(given, "pad_to_multiple_of", 0, 1 << 24);
        return new(NumberOf(given, "pad_id", 0, vocabularySize - 1), TextOf(given, "pad_token"), length, multiple, NumberOf(given, "pad_type_id", 0, int.MaxValue, 0), Enum<Side>(given, "direction", Side.Right));
    }

    public static Template? Template(JsonElement root, int vocabularySize)
    {
        if (Given(root, PostProcessor) is not { } given) return null;
        Template? template = null;
        foreach (var each in TypeOf(given) == "Sequence" ? [.. ListOf(given, "processors")] : (List<JsonElement>)[given])
        {
            // GPT-2's own only trims offsets.
            if (TypeOf(each) == "ByteLevel") continue;
            if (template is not null) throw Unsupported(PostProcessor, given);
            template = TypeOf(each) switch
            {
                "TemplateProcessing" => new([.. ListOf(each, "single").SelectMany(piece => Pieces(each, piece, vocabularySize))], [.. ListOf(each, "pair").SelectMany(piece => Pieces(each, piece, vocabularySize))]),
                "BertProcessing" => Around(each, vocabularySize, secondType: 1, separators: 1),
                "RobertaProcessing" => Around(each, vocabularySize, secondType: 0, separators: 2),
                _ => throw Unsupported(PostProcessor, each),
            };
            if (template.Single.Count(piece => piece.Token is null) != 1 || template.Single.Any(piece => piece.Second)) throw new InvalidDataException($"'{PostProcessor}' is {Shown(each)}; expected the text once in 'single'.");
        }

        return template;
    }

    public static void Write(Utf8JsonWriter json, Truncation? truncation)
    {
        if (truncation is null)
        {
            json.WriteNull("truncation");
            return;
        }

        json.WriteStartObject("truncation");
        json.WriteString("direction", truncation.Side.ToString());
        json.WriteNumber("max_length", truncation.MaxLength);
        json.WriteString("strategy", truncation.Strategy.ToString());
        json.WriteNumber("stride", truncation.Stride);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Padding? padding)
    {
        if (padding is null)
        {
            json.WriteNull("padding");
            return;
        }

        json.WriteStartObject("padding");
        json.WritePropertyName("strategy");
        if (padding.Length is { } length)
        {
            json.WriteStartObject();
            json.WriteNumber("Fixed", length);
            json.WriteEndObject();
        }
        else json.WriteStringValue("BatchLongest");
        json.WriteString("direction", padding.Side.ToString());
        if (padding.MultipleOf is { } multiple) json.WriteNumber("pad_to_multiple_of", multiple);
        else json.WriteNull("pad_to_multiple_of");
        json.WriteNumber("pad_id", padding.Id);
        json.WriteNumber("pad_type_id", padding.TypeId);
        json.WriteString("pad_token", padding.Token);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Template? template, IReadOnlyList<string> tokens)
    {
        if (template is null)
        {
            json.WriteNull(PostProcessor);
            return;
        }

        json.WriteStartObject(PostProcessor);
        json.WriteString("type", "TemplateProcessing");
        Pieces("single", template.Single);
        Pieces("pair", template.Pair);
        json.WriteStartObject("special_tokens");
        foreach (var id in template.Single.Concat(template.Pair).Select(piece => piece.Token).OfType<int>().Distinct().Order())
        {
            json.WriteStartObject(tokens[id]);
            json.WriteString("id", tokens[id]);
            json.WriteStartArray("ids");
            json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(tokens[id]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();

        void Pieces(string name, IReadOnlyList<TemplatePiece> pieces)
        {
            json.WriteStartArray(name);
            foreach (var piece in pieces)
            {
                json.WriteStartObject();
                json.WriteStartObject(piece.Token is null ? "Sequence" : "SpecialToken");
                json.WriteString("id", piece.Token is { } id ? tokens[id] : piece.Second ? "B" : "A");
                json.WriteNumber("type_id", piece.TypeId);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static Template Around(JsonElement json, int vocabularySize, int secondType, int separators)
    {
        var (begin, end) = (Id("cls"), Id("sep"));
        var between = Enumerable.Repeat(new TemplatePiece(end, false, 0), separators);
        return new([new(begin, false, 0), new(null, false, 0), new(end, false, 0)], [new(begin, false, 0), new(null, false, 0), .. between, new(null, true, secondType), new(end, false, secondType)]);

        int Id(string name) => ListOf(json, name).ToList() is [_, { ValueKind: JsonValueKind.Number } id] && id.TryGetInt32(out var number) && number >= 0 && number < vocabularySize ? number
            : throw new InvalidDataException($"'{name}' is {Shown(Member(json, name, JsonValueKind.Array))}; expected a token and its id, 0 to {vocabularySize - 1}.");
    }

    private static IEnumerable<TemplatePiece> Pieces(JsonElement template, JsonElement piece, int vocabularySize)
    {
        if (Given(piece, "Sequence") is { } sequence) return [new(null, TextOf(sequence, "id") == "B", NumberOf(sequence, "type_id", 0, int.MaxValue, 0))];
        var token = Member(piece, "SpecialToken", JsonValueKind.Object);
        var name = TextOf(token, "id");
        var type = NumberOf(token, "type_id", 0, int.MaxValue, 0);
        return [.. ListOf(Member(Member(template, "special_tokens", JsonValueKind.Object), name, JsonValueKind.Object), "ids").Select(id =>
            id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0 && number < vocabularySize ? new TemplatePiece(number, false, type)
                : throw new InvalidDataException($"'{PostProcessor}' puts '{name}' before or after a text, whose id {Shown(id)} the vocabulary lacks."))];
    }

    private static T Enum<T>(JsonElement json, string name, T? otherwise = null)
        where T : struct, Enum
    {
        if (otherwise is { } value && Given(json, name) is null) return value;
        return System.Enum.GetValues<T>().Cast<T?>().FirstOrDefault(each => each.ToString() == TextOf(json, name)) ?? throw new InvalidDataException($"'{name}' is '{TextOf(json, name)}'; expected {string.Join(" or ", System.Enum.GetNames<T>())}.");
    }
}
