namespace Pipeline.Data.Conversations;

/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record Turn(string Role, string Content);

public static class Roles
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";

    public static IReadOnlyList<string> All { get; } = [System, User, Assistant];
}

/// <summary>Turns of a user and an assistant, perhaps after one of the system.</summary>
public sealed record Conversation
{
    public required string Id { get; init; }
    public required IReadOnlyList<Turn> Turns { get; init; }
    public string Source { get; init; } = "";

    /// <summary>Sorted by key, ordinally, however it was given.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = new SortedDictionary<string, string>(value.ToDictionary(), StringComparer.Ordinal); } = NoMetadata;

    internal static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    /// <summary>Null for a conversation to train on, else what is wrong: it ends with the assistant.</summary>
    public string? Problem() => ProblemOf(Turns, endsWith: Roles.Assistant);

    /// <summary>Null where the turns have known roles and content, alternate from the user on, and end as they should.</summary>
    internal static string? ProblemOf(IReadOnlyList<Turn> turns, string endsWith)
    {
        if (turns.Count == 0) return "has no turns";
        var expected = Roles.User;
        for (var i = 0; i < turns.Count; i++)
        {
            var role = turns[i].Role;
            if (!Roles.All.Contains(role)) return $"has the role '{role}' in turn {i + 1}; known roles are {string.Join(", ", Roles.All)}";
            if (string.IsNullOrWhiteSpace(turns[i].Content)) return $"has no content in turn {i + 1} ({role})";
            if (role == Roles.System && i == 0) continue;
            if (role != expected) return $"has turn {i + 1} of {role} where one of {expected} was expected: after at most one turn of the system, user and assistant alternate";
            expected = role == Roles.User ? Roles.Assistant : Roles.User;
        }

        return turns[^1].Role == endsWith ? null : $"ends with a turn of {turns[^1].Role}; expected {endsWith}";
    }
}

/// <summary>A prompt, which ends with the user, and two answers of the assistant.</summary>
public sealed record Preference
{
    public required string Id { get; init; }
    public required IReadOnlyList<Turn> Prompt { get; init; }
    public required string Chosen { get; init; }
    public required string Rejected { get; init; }
    public string Source { get; init; } = "";

    /// <summary>Sorted by key, ordinally, however it was given.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = new SortedDictionary<string, string>(value.ToDictionary(), StringComparer.Ordinal); } = Conversation.NoMetadata;

    public string? Problem()
    {
        if (Conversation.ProblemOf(Prompt, endsWith: Roles.User) is { } problem) return "the prompt " + problem;
        if (string.IsNullOrWhiteSpace(Chosen)) return "has no chosen answer";
        if (string.IsNullOrWhiteSpace(Rejected)) return "has no rejected answer";
        return Chosen == Rejected ? "has the same text as chosen and rejected answer" : null;
    }
}
