using CsCheck;
using Pipeline.Data.Conversations;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Conversations;

public class ConversationLinesTests
{
    [Fact]
    public void Conversations_and_preferences_come_back_and_write_the_same_bytes()
    {
        var text = Gen.Char.Array[1, 20].Select(c => "x" + WellFormedText.Of(new string(c)));
        Gen.Select(text, text, text).Sample(
            (a, b, c) =>
            {
                using var folder = new TemporaryFolder();
                var conversation = new Conversation { Id = a, Turns = [new(Roles.System, c), new(Roles.User, a), new(Roles.Assistant, b)], Source = b, Metadata = new Dictionary<string, string> { ["z"] = a, ["a"] = b } };
                ConversationLines.Write(folder["c"], [conversation, conversation]);
                var back = ConversationLines.ReadConversations(folder["c"]).ToList();
                ConversationLines.Write(folder["d"], back);
                Assert.Equal(File.ReadAllBytes(folder["c"]), File.ReadAllBytes(folder["d"]));
                Assert.Equal(conversation.Turns, back[1].Turns);
                Assert.Equal(conversation.Metadata, back[1].Metadata);

                var preference = new Preference { Id = a, Prompt = [new(Roles.User, a)], Chosen = b, Rejected = b + "!" };
                ConversationLines.Write(folder["p"], [preference]);
                var read = Assert.Single(ConversationLines.ReadPreferences(folder["p"]));
                Assert.Equal((preference.Chosen, preference.Rejected, preference.Prompt[0]), (read.Chosen, read.Rejected, read.Prompt[0]));
            },
            iter: 100);
    }

    [Fact]
    public void The_layout_is_that_of_chat_data()
    {
        using var folder = new TemporaryFolder();
        ConversationLines.Write(folder["c"], [new Conversation { Id = "1", Turns = [new("user", "Hä?"), new("assistant", "So.")], Source = "s", Metadata = new Dictionary<string, string> { ["k"] = "v" } }]);
        Assert.Equal("""{"id":"1","messages":[{"role":"user","content":"Hä?"},{"role":"assistant","content":"So."}],"source":"s","metadata":{"k":"v"}}""" + "\n", File.ReadAllText(folder["c"]));
    }

    [Theory]
    [InlineData("""{"id":"1","messages":[{"role":"bot","content":"x"}]}""", "has the role 'bot' in turn 1; known roles are system, user, assistant")]
    [InlineData("""{"id":"1","messages":[{"role":"user","content":"x"}]}""", "ends with a turn of user; expected assistant")]
    [InlineData("""{"id":"1","messages":[{"role":"assistant","content":"x"}]}""", "one of user was expected")]
    [InlineData("""{"id":"1","messages":[{"role":"user","content":" "},{"role":"assistant","content":"x"}]}""", "has no content in turn 1 (user)")]
    [InlineData("""{"id":"1","messages":[]}""", "has no turns")]
    [InlineData("""{"id":"1","messages":[null]}""", "a message is null")]
    [InlineData("""{"id":"1"}""", "messages")]
    [InlineData("""{"id":null,"messages":[]}""", "id")]
    [InlineData("""{"id":"1","messages":[{"role":"user"}]}""", "content")]
    [InlineData("""{"id":"1","messages":[],"extra":1}""", "extra")]
    [InlineData("""{"id":"1","messages":[],"metadata":{"a":null}}""", "'a' is null")]
    [InlineData("""{"id":"1","messages":[{"role":"\ud800","content":"x"}]}""", "")]
    [InlineData("not json", "'not json' is an invalid")]
    [InlineData("null", "null")]
    public void A_bad_line_is_named_with_its_file_and_number(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("c.jsonl", """{"id":"1","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""" + "\n\n" + line + "\n");
        var message = Assert.Throws<InvalidDataException>(() => ConversationLines.ReadConversations(path).Count()).Message;
        Assert.StartsWith($"{path}:3: ", message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("""{"id":"1","prompt":[{"role":"user","content":"x"}],"chosen":"a","rejected":"a"}""", "same text")]
    [InlineData("""{"id":"1","prompt":[{"role":"assistant","content":"x"}],"chosen":"a","rejected":"b"}""", "the prompt has turn 1 of assistant")]
    [InlineData("""{"id":"1","prompt":[{"role":"user","content":"x"}],"chosen":"","rejected":"b"}""", "has no chosen answer")]
    [InlineData("""{"id":"1","prompt":[{"role":"user","content":"x"}],"chosen":"a"}""", "rejected")]
    public void A_bad_preference_is_named_too(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("p.jsonl", line);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ConversationLines.ReadPreferences(path).Count()).Message);
    }

    [Fact]
    public void Binary_and_endless_lines_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["binary"], [0xFF, 0xFE, 0x80, 0x81]);
        Assert.Throws<InvalidDataException>(() => ConversationLines.ReadConversations(folder["binary"]).Count());
        folder.Write("long", new string('x', 17 << 20));
        Assert.Contains("more than", Assert.Throws<InvalidDataException>(() => ConversationLines.ReadConversations(folder["long"]).Count()).Message);
    }

    [Fact]
    public void Nothing_bad_is_written()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidDataException>(() => ConversationLines.Write(folder["c"], [new Conversation { Id = "1", Turns = [new("user", "x")] }]));
        Assert.False(File.Exists(folder["c"]));
    }
}
