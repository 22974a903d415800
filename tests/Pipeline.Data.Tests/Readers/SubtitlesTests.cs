using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Readers;

public class SubtitlesTests
{
    [Fact]
    public void Cues_become_paragraphs_by_speaker_and_pause_without_tags()
    {
        var document = Assert.Single(Collect.One("a.vtt", """
            WEBVTT - a talk
            Language: en

            NOTE not said

            STYLE
            ::cue { color: red }

            intro
            00:01.000 --> 00:03.000 align:start
            <v Ann Lee>Good <i>morning</i>, <00:02.000>everyone.

            00:03.000 --> 00:04.500
            <v Ann Lee>Let&apos;s begin.</v>

            00:04.500 --> 00:06.000
            <v.loud Bo>Yes &amp; no.

            1:00:20.000 --> 1:00:22.000
            Later.
            """));
        Assert.Equal("Ann Lee: Good morning, everyone. Let's begin.\n\nBo: Yes & no.\n\nLater.", document.Text);
        Assert.Equal(("Ann Lee; Bo", "en", "text/vtt"), (document.Metadata["speakers"], document.Language, document.MediaType));
    }

    [Fact]
    public void A_closed_voice_tag_names_who_spoke_in_it()
    {
        const string cues = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bob>Hello there.</v>\n\n00:02.000 --> 00:03.000\n<v Ann>Hi.</v> <v Bob>Well?</v>\n\n00:03.000 --> 00:04.000\n<v Ann>Well\nthen.</v>\n";
        Assert.Equal("Bob: Hello there.\n\nAnn: Hi.\n\nBob: Well?\n\nAnn: Well then.", Collect.Text("a.vtt", cues));
    }

    [Fact]
    public void Rolling_captions_say_each_line_once()
    {
        Assert.Equal("one two three four", Collect.Text("a.srt", "1\r\n00:00:01,000 --> 00:00:02,000\r\none two\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\none two\r\nthree\r\n\r\n3\r\n00:00:03,000 --> 00:00:04,000\r\nthree\r\n{\\an8}four\r\n"));
        Assert.Equal("a b", Collect.Text("a.srt", "1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:02,000 --> 00:00:03,000\nb"));
    }

    [Fact]
    public void Names_before_a_colon_are_speakers_where_they_come_again()
    {
        var document = Assert.Single(Collect.One("a.srt", string.Join("\n\n", ((string[])["MARY ANN: Hello.", ">> Tom: Hi.", "Note: a word", "Tom: Bye."]).Select((l, i) => $"{i}\n00:00:0{i},000 --> 00:00:0{i},900\n{l}"))));
        Assert.Equal("MARY ANN: Hello.\n\nTom: Hi. Note: a word Bye.", document.Text);
        Assert.Equal("MARY ANN; Tom", document.Metadata["speakers"]);
    }

    [Fact]
    public void Dashes_of_a_dialogue_begin_turns()
    {
        var cues = (string[])["- Hi.\n- Hello.", "-Are you\nwell?\n- Yes.", "They go on.", "The end of\nit - or not."];
        Assert.Equal("- Hi.\n- Hello.\n- Are you well?\n- Yes.\nThey go on. The end of it - or not.",
            Collect.Text("a.srt", string.Join("\n\n", cues.Select((l, i) => $"{i}\n00:00:0{i},000 --> 00:00:0{i},900\n{l}"))));
        Assert.Equal("MARY: Hi.\n- Hello.", Collect.Text("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n- MARY: Hi.\n- Hello.\n"));
    }

    [Fact]
    public void A_file_without_cues_is_damage() => Assert.StartsWith("a.srt: has no cue with times", Assert.Throws<InvalidDataException>(() => Collect.One("a.srt", "just words")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("<", 200_000)]
    [InlineData("{\\", 200_000)]
    [InlineData("00:01.000 --> 00:02.000\n", 50_000)]
    [InlineData("x\n", 300_000)]
    public async Task Hostile_cues_are_read_in_bounded_time(string piece, int times)
    {
        var read = Task.Run(() => Collect.One("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nthe words " + string.Concat(Enumerable.Repeat(piece, times))));
        Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(30))) == read, "took more than 30 s");
        Assert.Contains("the words", Assert.Single(await read).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Transcripts_in_Markdown_name_their_speakers()
    {
        var document = Assert.Single(Collect.One("a.md", "---\ntitle: Talk\nlang: en\nlicense: CC-BY-4.0\n---\n**Ann Lee:** Hello **all**.\n\n**Bo:** Hi.\n\nAnd so on.\n\n**Ann Lee:** \\[laughs\\]"));
        Assert.Equal("Ann Lee: Hello all.\n\nBo: Hi.\n\nAnd so on.\n\nAnn Lee: [laughs]", document.Text);
        Assert.Equal(("Ann Lee; Bo", "Talk", "en", "CC-BY-4.0"), (document.Metadata["speakers"], document.Metadata["title"], document.Language, document.License));
        Assert.DoesNotContain("speakers", Collect.One("b.md", "**Note:** one\n\ntext")[0].Metadata.Keys);
    }

    [Fact]
    public void Real_transcripts_name_their_speakers()
    {
        var folder = SharedData.Find("transcripts/practicalai");
        Assert.SkipWhen(folder is null, "transcripts are absent");
        foreach (var file in Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal).Take(10))
        {
            var document = Assert.Single(Collect.One("a.md", File.ReadAllBytes(file)));
            var first = document.Metadata["speakers"].Split("; ")[0];
            Assert.Contains($"{first}: ", document.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("**", document.Text, StringComparison.Ordinal);
        }
    }
}
