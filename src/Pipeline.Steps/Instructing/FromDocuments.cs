using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Conversations;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Instructing;

/// <summary>Makes a question and its answer of each document.</summary>
public sealed class FromDocuments : Step<FromDocuments.With, FromDocuments.Given, FromDocuments.Made>
{
    public sealed record With
    {
        [Description("What the user asks, with {text}, {id}, {source} or any metadata key of the documents in braces; {{ and }} are braces.")]
        public required string Prompt { get; init; }

        [Description("What the assistant answers, with the same placeholders.")]
        public string Answer { get; init; } = "{text}";
    }

    public sealed record Given
    {
        [Description("The parts of a corpus; each part's documents stay in it.")]
        public required Splits<Documents> Split { get; init; }
    }

    public sealed record Made
    {
        [Description("Conversations to train on.")]
        public required Output<Artifacts.Conversations> Train { get; init; }

        [Description("Conversations to choose by while training.")]
        public required Output<Artifacts.Conversations> Validation { get; init; }

        [Description("Conversations for the last word.")]
        public required Output<Artifacts.Conversations> Test { get; init; }
    }

    public override string Name => "instruct.from-documents";
    public override int Version => 1;
    public override string Description => "Makes one question with its answer of each document, by templates.";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        foreach (var (option, template) in ((string, string)[])[("prompt", with.Prompt), ("answer", with.Answer)])
        {
            if (ProblemOf(template) is { } problem) yield return (option, problem);
        }
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var (prompt, answer) = (new DocumentTemplate(with.Prompt), new DocumentTemplate(with.Answer));
        var parts = ((string Name, Artifact<Documents> Documents, Output<Artifacts.Conversations> Made)[])
            [("train", inputs.Split.Train, outputs.Train), ("validation", inputs.Split.Validation, outputs.Validation), ("test", inputs.Split.Test, outputs.Test)];
        var counts = new List<string>();
        var skipped = 0;
        foreach (var part in parts)
        {
            var documents = await DocumentReader.ReadAllAsync(part.Documents.LocateAll(), context.Cancellation);
            var made = DocumentConversations.Make(documents, prompt, answer);
            ConversationLines.Write(part.Made["conversations.jsonl"], made.Conversations);
            context.Metric($"{part.Name}.conversations", made.Conversations.Count);
            context.Metric($"{part.Name}.skipped", made.Skipped);
            counts.Add(made.Conversations.Count.ToString("N0", CultureInfo.InvariantCulture));
            skipped += made.Skipped;
        }

        context.Summary = $"{string.Join(" / ", counts)} conversations" + (skipped == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  (empty {skipped:N0})"));
    }

    private static string? ProblemOf(string template)
    {
        try
        {
            return new DocumentTemplate(template).Placeholders.Any() ? null : $"'{template}' has no placeholder, so that every conversation would have the same text here; write one such as {{text}}";
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
