using Pipeline.Training.Batches;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 7: of every conversation what the assistant says and the end of its turn are trained, and nothing else.</summary>
public static class TrainedTurns
{
    internal const string Name = "answers and their ends are trained, and nothing else";

    /// <param name="conversations">As they were rendered, each with its mask.</param>
    /// <param name="assistant">The token that begins an assistant's turn.</param>
    /// <param name="end">The token that ends a turn.</param>
    /// <param name="vocabulary">Of the model.</param>
    public static Finding Check(IReadOnlyList<Example> conversations, int assistant, int end, int vocabulary)
    {
        var faults = new List<string>();
        for (var i = 0; i < conversations.Count && faults.Count < 3; i++)
        {
            if (Fault(conversations[i], assistant, end, vocabulary) is { } fault)
                faults.Add($"conversation {i}: {fault}");
        }
        return new(7, Name, faults.Count == 0, faults.Count == 0 ? $"{conversations.Count} conversations" : string.Join("; ", faults));
    }

    static string? Fault(Example conversation, int assistant, int end, int vocabulary)
    {
        var ids = conversation.Ids.Span;
        var trained = conversation.Trained.Span;
        if (trained.Length != ids.Length)
            return $"{ids.Length} tokens and {trained.Length} marks";
        var (says, any) = (false, false);
        for (var at = 0; at < ids.Length; at++)
        {
            if (trained[at] != says)
                return $"token {at} ({ids[at]}) is {(trained[at] ? "trained and no answer's" : says && ids[at] == end ? "the end of an answer and not trained" : "an answer's and not trained")}";
            any |= says;
            says = ids[at] == assistant || (says && ids[at] != end);
        }
        if (!any)
            return "nothing of it is trained";
        // What the model is given: every mark but the first token's is a target.
        var targets = new Conversations([conversation], vocabulary, ids.Length).Read([new Place(0, 0)]).Weight;
        var expected = trained[1..].Count(true);
        return targets == expected ? null : $"{expected} tokens are marked and {targets} trained";
    }
}
