using Pipeline.Data.Tokenizers;

namespace Pipeline.Data.Conversations;

/// <summary>Ids of a conversation and, for each, whether the model is trained to predict it. Both have the same length.</summary>
public sealed record EncodedExample(int[] Ids, bool[] Trained);

/// <summary>
/// Renders a conversation as <c>&lt;|user|&gt;question&lt;|end|&gt;&lt;|assistant|&gt;answer&lt;|end|&gt;</c>. The mask is built with the ids: what the assistant says and the end of its turn are trained, nothing else.
/// Content never yields a special token, whatever it spells.
/// </summary>
public sealed class ConversationEncoder(TextTokenizer tokenizer)
{
    private readonly int end = tokenizer.Model.SpecialId(SpecialTokens.End);

    public EncodedExample Encode(IReadOnlyList<Turn> turns)
    {
        var ids = new List<int>();
        var trained = new List<bool>();
        foreach (var turn in turns)
        {
            Add(tokenizer.Model.SpecialId($"<|{turn.Role}|>"), false);
            var learn = turn.Role == Roles.Assistant;
            foreach (var id in tokenizer.Encode(turn.Content)) Add(id, learn);
            Add(end, learn);
        }

        return new([.. ids], [.. trained]);

        void Add(int id, bool learn)
        {
            ids.Add(id);
            trained.Add(learn);
        }
    }

    /// <summary>The two examples of a preference: the same prompt, not trained, and an answer each.</summary>
    public (EncodedExample Chosen, EncodedExample Rejected) Encode(Preference preference) =>
        (EncodeAnswer(preference.Prompt, preference.Chosen), EncodeAnswer(preference.Prompt, preference.Rejected));

    /// <summary>The ids that ask for an answer: the turns, then the beginning of one of the assistant.</summary>
    public List<int> EncodePrompt(IReadOnlyList<Turn> turns) => [.. Encode(turns).Ids, tokenizer.Model.SpecialId(SpecialTokens.Assistant)];

    private EncodedExample EncodeAnswer(IReadOnlyList<Turn> prompt, string answer)
    {
        var (asked, answered) = (Encode(prompt), Encode([new Turn(Roles.Assistant, answer)]));
        // Earlier answers in the prompt are common to both: they say nothing about the preference.
        return new([.. asked.Ids, .. answered.Ids], [.. new bool[asked.Ids.Length], .. answered.Trained]);
    }
}
