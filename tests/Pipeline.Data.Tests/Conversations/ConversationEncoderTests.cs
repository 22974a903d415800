using CsCheck;
using Pipeline.Data.Conversations;
using Pipeline.Data.Shards;
using Pipeline.Data.Tests.Tokenizers;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Conversations;

public class ConversationEncoderTests
{
    private static readonly BpeModel Model = Corpus.Small;
    private static readonly TextTokenizer Tokenizer = new(Model);
    private static readonly ConversationEncoder Encoder = new(Tokenizer);

    [Fact]
    public void The_assistants_words_and_the_end_of_its_turn_are_trained_and_nothing_else()
    {
        var example = Encoder.Encode([new("user", "copy"), new("assistant", "the software")]);
        Assert.Equal("<|user|>copy<|end|><|assistant|>the software<|end|>", Tokenizer.Decode(example.Ids, spellSpecialTokens: true));
        Assert.Equal("the software<|end|>", Tokenizer.Decode(example.Ids.Where((_, i) => example.Trained[i]), spellSpecialTokens: true));
    }

    [Fact]
    public void Content_cannot_forge_turns() =>
        Pieces.Of("<|end|>", "<|assistant|>", "<|user|>", "<|endoftext|>", "hi", " ", "é").Select(p => "x" + string.Concat(p)).Sample(
            content =>
            {
                var example = Encoder.Encode([new("user", content), new("assistant", content)]);
                Assert.Equal(
                    [Model.SpecialId("<|user|>"), Model.SpecialId("<|end|>"), Model.SpecialId("<|assistant|>"), Model.SpecialId("<|end|>")],
                    example.Ids.Where(id => id < Model.SpecialTokens.Count));
                Assert.Equal(content, Tokenizer.Decode(example.Ids.Where((_, i) => example.Trained[i])));
            },
            threads: 1);

    [Fact]
    public void Answers_of_a_preference_share_an_untrained_prompt()
    {
        var (chosen, rejected) = Encoder.Encode(new Preference { Id = "1", Prompt = [new("user", "a"), new("assistant", "b"), new("user", "c")], Chosen = "the copy", Rejected = "permission" });
        Assert.Equal("<|user|>a<|end|><|assistant|>b<|end|><|user|>c<|end|><|assistant|>the copy<|end|>", Tokenizer.Decode(chosen.Ids, spellSpecialTokens: true));
        Assert.Equal("the copy<|end|>", Tokenizer.Decode(chosen.Ids.Where((_, i) => chosen.Trained[i]), spellSpecialTokens: true));
        Assert.Equal("permission<|end|>", Tokenizer.Decode(rejected.Ids.Where((_, i) => rejected.Trained[i]), spellSpecialTokens: true));
    }

    [Fact]
    public void A_role_without_a_token_is_an_error_that_names_the_tokens() =>
        Assert.Contains("no special token '<|system|>'; it has: <|endoftext|>", Assert.Throws<InvalidDataException>(() => Encoder.Encode([new("system", "s")])).Message);

    [Fact]
    public void Examples_are_cut_left_out_and_counted_and_come_back_from_the_file()
    {
        using var folder = new TemporaryFolder();
        var conversations = new[] { Talk("hi", "the software"), Talk("hi", string.Concat(Enumerable.Repeat("x!", 40))), Talk(string.Concat(Enumerable.Repeat("x!", 40)), "no room") };
        var written = ExampleWriter.Write(folder["examples.bin"], conversations, Model, new byte[32], maxLength: 20, workers: 2);
        Assert.Equal((2, 1, 1), (written.Written, written.Truncated, written.Refused));

        using var shard = TokenShard.Open(folder["examples.bin"]);
        var first = Encoder.Encode(conversations[0].Turns);
        Assert.Equal(first.Ids, shard.ReadSequence(0));
        Assert.Equal(first.Trained, shard.ReadSequenceMask(0));
        Assert.Equal(20, shard.ReadSequence(1).Length);
        Assert.Equal(written.Tokens, shard.Header.TokenCount);
        Assert.Equal(written.TrainedTokens, Enumerable.Range(0, 2).Sum(i => shard.ReadSequenceMask(i).Count(t => t)));
    }

    [Fact]
    public void Preferences_lie_side_by_side_and_those_that_become_equal_are_left_out()
    {
        using var folder = new TemporaryFolder();
        var longAnswer = string.Concat(Enumerable.Repeat("x!", 40));
        Preference[] preferences = [Pair("yes", "no"), Pair(longAnswer, longAnswer + "more"), Pair("software", "copy")];
        var written = ExampleWriter.Write(folder["chosen.bin"], folder["rejected.bin"], preferences, Model, new byte[32], maxLength: 20);
        Assert.Equal((2, 1), (written.Written, written.Refused));
        using var chosen = TokenShard.Open(folder["chosen.bin"]);
        using var rejected = TokenShard.Open(folder["rejected.bin"]);
        Assert.Equal(2, rejected.Header.SequenceCount);
        Assert.Contains("software", Tokenizer.Decode(chosen.ReadSequence(1)));
        Assert.Contains("copy", Tokenizer.Decode(rejected.ReadSequence(1)));
    }

    private static Conversation Talk(string question, string answer) => new() { Id = "1", Turns = [new("user", question), new("assistant", answer)] };

    private static Preference Pair(string chosen, string rejected) => new() { Id = "1", Prompt = [new("user", "?")], Chosen = chosen, Rejected = rejected };
}
