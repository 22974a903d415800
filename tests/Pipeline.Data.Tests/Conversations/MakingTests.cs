using Pipeline.Data.Conversations;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Conversations;

public class MakingTests
{
    [Fact]
    public void A_template_is_filled_from_text_and_metadata() =>
        Assert.Equal("What does A.B do? {x} Sums. test", new DocumentTemplate("What does {member} do? {{x}} {text} { source }").Fill(Doc("A.B", "A", "Sums.")));

    [Fact]
    public void An_unknown_placeholder_lists_what_there_is() =>
        Assert.Contains(
            "asks for {membre}, which the document 01 (test) does not have. It has: text, id, source, declaring_type, member.",
            Assert.Throws<InvalidDataException>(() => new DocumentTemplate("{membre}").Fill(Doc("A.B", "A", "Sums.") with { Id = "01" })).Message);

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("a {} b")]
    [InlineData("{a")]
    [InlineData("{a{b}}")]
    [InlineData("{{{")]
    public void A_brace_out_of_place_is_refused(string template) => Assert.Throws<FormatException>(() => new DocumentTemplate(template));

    [Fact]
    public void Documents_become_questions_and_empty_ones_are_counted()
    {
        var made = DocumentConversations.Make([Doc("A.B", "A", "Sums."), Doc("A.C", "A", " ")], new("What does {member} do?"), new("{text}"));
        Assert.Equal([new Turn("user", "What does A.B do?"), new Turn("assistant", "Sums.")], Assert.Single(made.Conversations).Turns);
        Assert.Equal(1, made.Skipped);
    }

    [Fact]
    public void The_rejected_answer_is_a_siblings_other_answer()
    {
        var conversations = Conversations([("A.X", "A", "One."), ("A.Y", "A", "Two."), ("A.Z", "A", "One."), ("B.X", "B", "Three."), ("C.X", "C", "Same."), ("C.Y", "C", "Same.")]);
        var made = SiblingPreferences.Make(conversations, "declaring_type", seed: 1);
        Assert.Equal([("One.", "Two."), ("Two.", "One."), ("One.", "Two.")], made.Preferences.Select(p => (p.Chosen, p.Rejected)));
        Assert.Equal(3, made.Skipped);
        Assert.All(made.Preferences, p => Assert.Null(p.Problem()));
    }

    [Fact]
    public void Siblings_are_chosen_evenly_by_seed_and_in_any_order_alike()
    {
        var conversations = Conversations([.. Enumerable.Range(0, 400).Select(i => ($"A.M{i}", "A", $"Answer {i % 4}."))]);
        var made = SiblingPreferences.Make(conversations, "declaring_type", seed: 1).Preferences;
        Assert.All(made, p => Assert.NotEqual(p.Chosen, p.Rejected));
        Assert.All(made.CountBy(p => p.Rejected), c => Assert.InRange(c.Value, 70, 130));
        var reversed = SiblingPreferences.Make([.. conversations.Reverse()], "declaring_type", seed: 1).Preferences;
        Assert.Equal(made.Select(p => (p.Id, p.Rejected)), reversed.Reverse().Select(p => (p.Id, p.Rejected)));
        Assert.NotEqual(made.Select(p => p.Rejected), SiblingPreferences.Make(conversations, "declaring_type", seed: 2).Preferences.Select(p => p.Rejected));
    }

    [Fact]
    public void A_key_that_no_conversation_has_lists_those_that_exist() =>
        Assert.Contains("They have: declaring_type, member.", Assert.Throws<InvalidDataException>(() => SiblingPreferences.Make(Conversations([("A.X", "A", "One.")]), "type", 1)).Message);

    [Theory]
    [InlineData("System.Text.StringBuilder.AppendFormat(System.String)", "Appends the formatted string.", "Removes a range.", 1)]
    [InlineData("A.RemoveRange", "Appends the formatted string.", "Removes a range.", 0)]
    [InlineData("Dictionary<TKey, TValue>.TryAdd(TKey, TValue)", "Tries to add a pair.", "Gets a value by its key.", 1)]
    [InlineData("A.Foo", "Appends.", "Removes.", 0.5)]
    [InlineData("A.XMLReader.#ctor(A.B)", "Creates an XML reader.", "Closes it.", 1)]
    public void The_name_alone_picks_an_answer(string member, string chosen, string rejected, double expected) =>
        Assert.Equal(expected, NameOverlap.Accuracy([new() { Id = "1", Prompt = [new("user", "?")], Chosen = chosen, Rejected = rejected, Metadata = new Dictionary<string, string> { ["member"] = member } }], "member"));

    private static IReadOnlyList<Conversation> Conversations((string Member, string Type, string Text)[] rows) =>
        DocumentConversations.Make(rows.Select(r => Doc(r.Member, r.Type, r.Text)), new("What does {member} do?"), new("{text}")).Conversations;

    private static Document Doc(string member, string type, string text) =>
        Document.Create("test", text, member) with { Metadata = new Dictionary<string, string> { ["member"] = member, ["declaring_type"] = type } };
}
