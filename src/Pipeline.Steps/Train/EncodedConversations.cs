using Pipeline.Data.Conversations;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Batches;

namespace Pipeline.Steps.Train;

/// <summary>Conversations and preferences as a model of a given context takes them. What is too long is left out and counted, never cut: half an answer teaches to stop in the middle.</summary>
internal static class EncodedConversations
{
    public static (IReadOnlyList<Example> Examples, int TooLong) Read(Artifact<Artifacts.Conversations> artifact, string part, TokenizerModel tokenizer, int context)
    {
        var encoder = new ConversationEncoder(new TextTokenizer(tokenizer));
        var all = ConversationLines.ReadConversations(artifact.Locate("conversations.jsonl")).Select(c => Example(encoder.Encode(c.Turns))).ToList();
        var fitting = all.Where(e => e.Ids.Length <= context + 1).ToList();
        return (Some(fitting, all.Count, context, $"conversations of the {part} part"), all.Count - fitting.Count);
    }

    public static (IReadOnlyList<PreferencePair> Pairs, int TooLong) Read(Artifact<Preferences> artifact, string part, TokenizerModel tokenizer, int context)
    {
        var encoder = new ConversationEncoder(new TextTokenizer(tokenizer));
        var all = ConversationLines.ReadPreferences(artifact.Locate("preferences.jsonl")).Select(encoder.Encode).Select(p => new PreferencePair(Example(p.Chosen), Example(p.Rejected))).ToList();
        var fitting = all.Where(p => Math.Max(p.Chosen.Ids.Length, p.Rejected.Ids.Length) <= context + 1).ToList();
        return (Some(fitting, all.Count, context, $"preferences of the {part} part"), all.Count - fitting.Count);
    }

    /// <summary>At most <paramref name="most"/> of them (0: all), spread evenly, always the same ones.</summary>
    public static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> all, long most) =>
        most == 0 || all.Count <= most ? all : [.. Enumerable.Range(0, (int)most).Select(i => all[(int)(i * (long)all.Count / most)])];

    private static Example Example(EncodedExample encoded) => new(encoded.Ids, encoded.Trained);

    private static List<T> Some<T>(List<T> fitting, int of, int context, string what) =>
        fitting.Count > 0 ? fitting : throw new StepFailedException(of == 0 ? $"There are no {what}: give the split a share for them." : $"None of the {of} {what} fits into the model's context of {context} tokens; train a model with a longer context or give shorter ones.");
}
