using Pipeline.Data.Documents;

namespace Pipeline.Data.Conversations;

/// <param name="Skipped">Documents whose filled templates leave the question or the answer empty.</param>
public sealed record ConversationsMade(IReadOnlyList<Conversation> Conversations, int Skipped);

/// <summary>Makes one question with its answer of each document, which keeps its id, source and metadata.</summary>
public static class DocumentConversations
{
    public static ConversationsMade Make(IEnumerable<Document> documents, DocumentTemplate prompt, DocumentTemplate answer)
    {
        var made = new List<Conversation>();
        var skipped = 0;
        foreach (var document in documents)
        {
            var conversation = new Conversation
            {
                Id = document.Id,
                Turns = [new(Roles.User, prompt.Fill(document)), new(Roles.Assistant, answer.Fill(document))],
                Source = document.Source,
                Metadata = document.Metadata,
            };
            if (conversation.Problem() is null) made.Add(conversation);
            else skipped++;
        }

        return new(made, skipped);
    }
}
