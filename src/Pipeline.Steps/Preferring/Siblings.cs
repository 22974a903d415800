using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Conversations;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Preferring;

/// <summary>Makes preferences from conversations and the answers of their siblings.</summary>
public sealed class Siblings : Step<Siblings.With, Siblings.Given, Siblings.Made>
{
    public sealed record With
    {
        [Description("Metadata key whose value siblings share.")]
        public string GroupBy { get; init; } = "declaring_type";

        [Description("Metadata key of the subject's name, for the floor that names alone reach: the share of pairs in which the chosen answer has more of the name's words. Null leaves it out.")]
        public string? NameKey { get; init; } = "member";

        [Description("Chooses among the siblings.")]
        public long Seed { get; init; } = 1;
    }

    public sealed record Given
    {
        [Description("The parts of conversations; siblings are of the same part.")]
        public required Splits<Artifacts.Conversations> Conversations { get; init; }
    }

    public sealed record Made
    {
        [Description("Preferences to train on.")]
        public required Output<Preferences> Train { get; init; }

        [Description("Preferences to choose by while training.")]
        public required Output<Preferences> Validation { get; init; }

        [Description("Preferences for the last word.")]
        public required Output<Preferences> Test { get; init; }
    }

    public override string Name => "prefer.siblings";
    public override int Version => 1;
    public override string Description => "Makes preferences: the answer of a conversation over that of a sibling, which is as well written and beside the point.";

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var parts = ((string Name, Artifact<Artifacts.Conversations> Conversations, Output<Preferences> Made)[])
            [("train", inputs.Conversations.Train, outputs.Train), ("validation", inputs.Conversations.Validation, outputs.Validation), ("test", inputs.Conversations.Test, outputs.Test)];
        var counts = new List<string>();
        var (right, all, skipped) = (0.0, 0, 0);
        foreach (var part in parts)
        {
            var made = SiblingPreferences.Make([.. ConversationLines.ReadConversations(part.Conversations.Locate("conversations.jsonl"))], with.GroupBy, (ulong)with.Seed);
            ConversationLines.Write(part.Made["preferences.jsonl"], made.Preferences);
            context.Metric($"{part.Name}.preferences", made.Preferences.Count);
            context.Metric($"{part.Name}.skipped", made.Skipped);
            counts.Add(made.Preferences.Count.ToString("N0", CultureInfo.InvariantCulture));
            skipped += made.Skipped;
            all += made.Preferences.Count;
            if (made.Preferences.Count == 0 || with.NameKey is not { } key) continue;
            var floor = NameOverlap.Accuracy(made.Preferences, key);
            context.Metric($"{part.Name}.name_overlap_accuracy", floor);
            right += floor * made.Preferences.Count;
        }

        if (all == 0) throw new StepFailedException($"None of {skipped} conversations has a sibling of another answer in '{with.GroupBy}', so there is no preference to make.");
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{string.Join(" / ", counts)} pairs  (no sibling {skipped:N0})")
            + (with.NameKey is null ? "" : string.Create(CultureInfo.InvariantCulture, $" · names alone pick {right / all * 100:0.0} %"));
        return Task.CompletedTask;
    }
}
