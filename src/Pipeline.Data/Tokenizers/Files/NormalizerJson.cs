using System.Text;
using System.Text.Json;
using Pipeline.Data.Tokenizers.Normalizing;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

internal static class NormalizerJson
{
    private const string Name = "normalizer";

    private static readonly (string Type, NormalizationForm Form)[] Forms =
        [("NFC", NormalizationForm.FormC), ("NFD", NormalizationForm.FormD), ("NFKC", NormalizationForm.FormKC), ("NFKD", NormalizationForm.FormKD)];

    private static readonly ExtraSpaces[] Spaces = [new(Left: true), new(Left: false)];

    public static List<Normalizer> Read(JsonElement root)
    {
        if (Given(root, Name) is not { } given) return [];
        return TypeOf(given) == "Sequence" ? [.. ListOf(given, "normalizers").Select(One)] : [One(given)];
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<Normalizer> normalizers)
    {
        json.WritePropertyName(Name);
        if (normalizers.Count == 0) json.WriteNullValue();
        else if (normalizers.Count == 1) One(json, normalizers[0]);
        else
        {
            json.WriteStartObject();
            json.WriteString("type", "Sequence");
            json.WriteStartArray("normalizers");
            foreach (var each in normalizers) One(json, each);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static Normalizer One(JsonElement json)
    {
        var type = TypeOf(json);
        if (Array.Find(Forms, form => form.Type == type) is { Type: not null } known) return new UnicodeForm(known.Form);
        return type switch
        {
            "BertNormalizer" => new BertNormalizer(IsTrue(json, "clean_text", true), IsTrue(json, "handle_chinese_chars", true), Given(json, "strip_accents") is null ? null : IsTrue(json, "strip_accents"), IsTrue(json, "lowercase", true)),
            "Lowercase" => new Lowercase(),
            "StripAccents" => new StripAccents(),
            "Strip" => new Strip(IsTrue(json, "strip_left"), IsTrue(json, "strip_right")),
            "Prepend" => new Prepend(TextOf(json, "prepend")),
            "Replace" when Given(Member(json, "pattern", JsonValueKind.Object), "String") is { ValueKind: JsonValueKind.String } pattern && pattern.GetString() is { Length: > 0 } old => new Replace(old, TextOf(json, "content")),
            "Replace" when Given(Member(json, "pattern", JsonValueKind.Object), "Regex") is { ValueKind: JsonValueKind.String } regex && TextOf(json, "content").Length == 0 && Array.Find(Spaces, known => known.Pattern == regex.GetString()) is { } found => found,
            "Precompiled" => PrecompiledCharsMap.Read(TextOf(json, "precompiled_charsmap")),
            _ => throw Unsupported(Name, json),
        };
    }

    private static void One(Utf8JsonWriter json, Normalizer normalizer)
    {
        json.WriteStartObject();
        switch (normalizer)
        {
            case UnicodeForm form:
                json.WriteString("type", Array.Find(Forms, known => known.Form == form.Form).Type);
                break;
            case BertNormalizer bert:
                json.WriteString("type", "BertNormalizer");
                json.WriteBoolean("clean_text", bert.CleansText);
                json.WriteBoolean("handle_chinese_chars", bert.SeparatesIdeographs);
                if (bert.StripsAccents is { } strips) json.WriteBoolean("strip_accents", strips);
                else json.WriteNull("strip_accents");
                json.WriteBoolean("lowercase", bert.Lowers);
                break;
            case Strip strip:
                json.WriteString("type", "Strip");
                json.WriteBoolean("strip_left", strip.Left);
                json.WriteBoolean("strip_right", strip.Right);
                break;
            case Prepend prepend:
                json.WriteString("type", "Prepend");
                json.WriteString("prepend", prepend.Prefix);
                break;
            case Replace replace:
                json.WriteString("type", "Replace");
                json.WriteStartObject("pattern");
                json.WriteString("String", replace.Old);
                json.WriteEndObject();
                json.WriteString("content", replace.New);
                break;
            case ExtraSpaces spaces:
                json.WriteString("type", "Replace");
                json.WriteStartObject("pattern");
                json.WriteString("Regex", spaces.Pattern);
                json.WriteEndObject();
                json.WriteString("content", "");
                break;
            case PrecompiledCharsMap map:
                json.WriteString("type", "Precompiled");
                json.WriteString("precompiled_charsmap", map.Encoded);
                break;
            default:
                json.WriteString("type", normalizer.GetType().Name);
                break;
        }

        json.WriteEndObject();
    }
}
