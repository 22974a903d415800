using System.IO.Hashing;
using System.Text;

namespace Pipeline.Data.Conversations;

/// <param name="Skipped">Conversations without a sibling of another answer.</param>
public sealed record PreferencesMade(IReadOnlyList<Preference> Preferences, int Skipped);

/// <summary>Makes preferences whose rejected answer is that of a sibling: a true sentence about something close by, so that only knowing the subject tells the two apart.</summary>
public static class SiblingPreferences
{
    /// <param name="groupBy">The metadata key whose value siblings share. It is an error where no conversation has it.</param>
    /// <param name="seed">Chooses among the siblings, by each conversation's id and so in any order alike.</param>
    public static PreferencesMade Make(IReadOnlyList<Conversation> conversations, string groupBy, ulong seed)
    {
        if (conversations.Count > 0 && !conversations.Any(c => c.Metadata.ContainsKey(groupBy)))
        {
            var keys = conversations.SelectMany(c => c.Metadata.Keys).Distinct().Order(StringComparer.Ordinal);
            throw new InvalidDataException($"None of {conversations.Count} conversations has the metadata key '{groupBy}' to find siblings by. They have: {string.Join(", ", keys)}.");
        }

        var answers = conversations.Where(c => c.Metadata.ContainsKey(groupBy)).GroupBy(c => c.Metadata[groupBy])
            .ToDictionary(g => g.Key, string[] (g) => [.. g.Select(AnswerOf).Distinct().Order(StringComparer.Ordinal)]);
        var made = new List<Preference>();
        foreach (var conversation in conversations)
        {
            var group = conversation.Metadata.GetValueOrDefault(groupBy);
            if (group is null || answers[group].Length < 2) continue;
            var chosen = AnswerOf(conversation);
            made.Add(new()
            {
                Id = conversation.Id,
                Prompt = [.. conversation.Turns.SkipLast(1)],
                Chosen = chosen,
                Rejected = Another(answers[group], chosen, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{seed}/{conversation.Id}"))),
                Source = conversation.Source,
                Metadata = conversation.Metadata,
            });
        }

        return new(made, conversations.Count - made.Count);
    }

    /// <summary>Each of the others with the same chance: <paramref name="draw"/> counts past the chosen one.</summary>
    private static string Another(string[] answers, string chosen, ulong draw)
    {
        var at = (int)(draw % (ulong)(answers.Length - 1));
        return answers[at < Array.BinarySearch(answers, chosen, StringComparer.Ordinal) ? at : at + 1];
    }

    private static string AnswerOf(Conversation conversation) => conversation.Turns[^1].Content;
}
