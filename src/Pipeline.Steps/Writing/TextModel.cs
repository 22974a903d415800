using Pipeline.Data.Conversations;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Checkpoints;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Train;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using Pipeline.Training.Sampling;

namespace Pipeline.Steps.Writing;

/// <summary>A model and its tokenizer, to write text with.</summary>
public sealed class TextModel : IDisposable
{
    private readonly LanguageModel model;
    private readonly TextTokenizer tokenizer;
    private readonly Training.Exporting.SpecialTokens tokens;

    private TextModel(LanguageModel model, TextTokenizer tokenizer, Training.Exporting.SpecialTokens tokens) => (this.model, this.tokenizer, this.tokens) = (model, tokenizer, tokens);

    /// <summary>For whoever waits: what was loaded.</summary>
    public string Description => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{model.Config.Architecture}, {model.Config.ParameterCount:N0} parameters, context {model.Config.Context:N0}");

    /// <summary>From a folder in the layout of Hugging Face's libraries, or in our own.</summary>
    /// <exception cref="InvalidDataException">Something of it is missing, broken or cannot be computed here.</exception>
    public static TextModel Open(string folder)
    {
        var tokenizer = CheckpointTokenizer.Read(folder) ?? throw new InvalidDataException($"{folder} has none of {string.Join(", ", CheckpointTokenizer.Vocabularies)}, without which its tokens have no text");
        var model = ModelFolder.Read(folder);
        try
        {
            if (!model.Config.Causal) throw new InvalidDataException($"{folder}: a model of the {model.Config.Architecture} family does not continue a text: choose a decoder");
            return new(model, new(tokenizer), ModelFolder.ReadTokens(folder, model.Config.Vocabulary));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <param name="scratch">An empty folder to lay the artifact's files out in.</param>
    public static TextModel Open(Artifact artifact, string scratch) => Open(ModelFiles.Folder(artifact, scratch));

    /// <summary>Continues a text; an empty one begins as a document does. Returns what was written, which <paramref name="told"/> heard piece by piece.</summary>
    public string Continue(string prompt, GenerationOptions options, Action<string> told) => Write(Ids(prompt), options, [], told);

    /// <summary>Continues several texts in one batch, each as it would be alone.</summary>
    public IReadOnlyList<string> Continue(IReadOnlyList<string> prompts, GenerationOptions options) =>
        [.. Generator.Continue(model, [.. prompts.Select(prompt => new Prompt(Ids(prompt), options.Seed))], Own(options, [])).Select(made => StopText.Cut(tokenizer.Decode(made), options.StopTexts))];

    /// <summary>Answers the last turn of a conversation.</summary>
    /// <exception cref="InvalidDataException">The tokenizer has no tokens for turns.</exception>
    public string Answer(IReadOnlyList<Turn> turns, GenerationOptions options, Action<string> told) =>
        Write(new ConversationEncoder(tokenizer).EncodePrompt(turns), options, [tokenizer.Model.SpecialId(Data.Tokenizers.SpecialTokens.End)], told);

    public void Dispose() => model.Dispose();

    private int? EndOfText => tokenizer.Model.SpecialTokens.Contains(Data.Tokenizers.SpecialTokens.EndOfText) ? tokenizer.Model.SpecialId(Data.Tokenizers.SpecialTokens.EndOfText) : null;

    private string Write(List<int> ids, GenerationOptions options, IReadOnlyList<int> ends, Action<string> told)
    {
        var text = new StreamedText(tokenizer, options.StopTexts, told);
        Generator.Continue(model, ids, Own(options, ends) with { Made = text.Add });
        text.End();
        return text.Text;
    }

    private List<int> Ids(string prompt)
    {
        List<int> ids = [.. tokenizer.Model.Begins, .. tokenizer.Encode(prompt)];
        return ids.Count > 0 ? ids : [tokens.Beginning ?? EndOfText ?? tokens.End ?? throw new InvalidDataException("The prompt is empty, and the model has no token that begins a text: give it a prompt.")];
    }

    private GenerationOptions Own(GenerationOptions options, IReadOnlyList<int> ends)
    {
        if (options.PromptIsPrefix && !model.Config.Reads.HasFlag(BatchParts.Prefix)) throw new InvalidDataException($"A model of the {model.Config.Architecture} family does not read a prompt from both sides: leave --prefix out");
        return options with
        {
            StopTokens = [.. new[] { tokens.End, EndOfText }.OfType<int>().Concat(tokens.Stops).Concat(ends).Distinct()],
            Decode = made => tokenizer.Decode(made),
        };
    }
}
