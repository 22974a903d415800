using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Steps.Exporting;

/// <summary>What transformers reads beside <c>tokenizer.json</c>: which tokens are special, and how a conversation is rendered.</summary>
internal static class TokenizerConfig
{
    // As ConversationEncoder renders it: <|user|>question<|end|><|assistant|>answer<|end|>.
    private const string ChatTemplate =
        "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private static readonly string[] Chat = [Data.Tokenizers.SpecialTokens.User, Data.Tokenizers.SpecialTokens.Assistant, Data.Tokenizers.SpecialTokens.End];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One token begins, ends and pads, as in GPT-2; the end of a turn stops generation too.</summary>
    public static Training.Exporting.SpecialTokens TokensOf(TokenizerModel tokenizer)
    {
        var endOfText = Special(tokenizer, Data.Tokenizers.SpecialTokens.EndOfText);
        return new(endOfText, endOfText, endOfText) { Stops = Special(tokenizer, Data.Tokenizers.SpecialTokens.End) is { } end ? [end] : [] };
    }

    public static string Text(TokenizerModel tokenizer, int context)
    {
        var endOfText = Special(tokenizer, Data.Tokenizers.SpecialTokens.EndOfText) is { } id ? tokenizer.Tokens[id] : null;
        var config = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["model_max_length"] = context,
            ["clean_up_tokenization_spaces"] = false,
            ["bos_token"] = endOfText,
            ["eos_token"] = endOfText,
            ["pad_token"] = endOfText,
            ["additional_special_tokens"] = new JsonArray([.. tokenizer.SpecialTokens.Where(token => token != endOfText).Select(token => (JsonNode)token)]),
        };
        if (Chat.All(token => Special(tokenizer, token) is not null)) config["chat_template"] = ChatTemplate;
        return config.ToJsonString(Indented) + "\n";
    }

    private static int? Special(TokenizerModel tokenizer, string token) => tokenizer.SpecialTokens.Contains(token) ? tokenizer.Find(token) : null;
}
