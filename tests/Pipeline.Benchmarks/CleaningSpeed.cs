using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Decontamination;
using Pipeline.Data.Documents;
using Pipeline.Data.Languages;
using Pipeline.Data.Privacy;
using Pipeline.Data.Quality;
using Pipeline.Data.Words;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>Megabytes of UTF-8 a second and core of each cleaning operation, one thread, on real text: novels, transcripts, documentation of .NET.</summary>
static class CleaningSpeed
{
    public static void Print(int rounds)
    {
        var corpora = Corpora().ToList();
        Console.WriteLine($"| operation | {string.Join(" | ", corpora.Select(c => $"{c.Name} ({c.Documents.Sum(d => Encoding.UTF8.GetByteCount(d.Text)) / 1e6:F1} MB, {c.Documents.Count} documents)"))} |");
        Console.WriteLine($"| --- |{string.Concat(corpora.Select(_ => " ---: |"))}");
        foreach (var (name, filter) in Operations())
        {
            var speeds = corpora.Select(c => Speed(filter, c.Documents, rounds)).ToList();
            Console.WriteLine($"| {name} | {string.Join(" | ", speeds.Select(s => s.ToString("F1", CultureInfo.InvariantCulture)))} |");
        }
    }

    private static IEnumerable<(string Name, IReadOnlyList<DocumentFilter> Filters)> Operations()
    {
        var nothing = new CleaningOptions
        {
            ControlCharacters = false, Unicode = UnicodeForm.None, StripMarkup = false, Punctuation = false, Urls = Treatment.Keep, Emails = Treatment.Keep, RepeatedPunctuation = 0, BoilerplateLines = false,
            Whitespace = false, MinimumCharacters = 0,
        };
        (string, CleaningOptions)[] single =
        [
            ("control characters", nothing with { ControlCharacters = true }), ("NFC", nothing with { Unicode = UnicodeForm.Nfc }), ("NFKC", nothing with { Unicode = UnicodeForm.Nfkc }), ("HTML and entities", nothing with { StripMarkup = true }),
            ("quotes, dashes, ellipses", nothing with { Punctuation = true }), ("URLs", nothing with { Urls = Treatment.Remove }), ("mail addresses", nothing with { Emails = Treatment.Placeholder }), ("handles", nothing with { Handles = Treatment.Placeholder }),
            ("emoji", nothing with { Emoji = Treatment.Remove }), ("repeated punctuation", nothing with { RepeatedPunctuation = 3 }), ("boilerplate lines", nothing with { BoilerplateLines = true }), ("whitespace", nothing with { Whitespace = true }),
            ("formatting", nothing with { Formatting = true }), ("lower case", nothing with { Casing = Casing.Lower }), ("case folding", nothing with { Casing = Casing.Fold }), ("clean.text, its defaults", new()),
        ];
        foreach (var (name, options) in single) yield return (name, [new TextCleaner(options)]);
        foreach (var algorithm in (StemmingAlgorithm[])[StemmingAlgorithm.Porter, StemmingAlgorithm.English]) yield return ($"stemming, {algorithm}", [new WordFilter(new() { Stemming = algorithm })]);
        yield return ("abbreviations", [new WordFilter(new() { Definitions = true, Abbreviations = new Dictionary<string, string> { ["e.g."] = "for example", ["i.e."] = "that is" } })]);
        var vocabulary = new Vocabulary(100_000);
        foreach (var document in Corpora().SelectMany(c => c.Documents)) vocabulary.Add(document);
        yield return ("spelling, by the corpus' own words", [new WordFilter(new() { Dictionary = new(SpellingDictionary.Read("words", Encoding.UTF8.GetString(vocabulary.ToLines(5)).Split('\n'), int.MaxValue)) })]);
        var addresses = new BlockList();
        addresses.Read("list", ["bad.org", "word casino"], 10);
        var index = new BenchmarkIndex(13, 5);
        foreach (var i in Enumerable.Range(0, 5000)) index.Add($"b:{i}", string.Join(' ', Enumerable.Range(i, 5 + (i % 40)).Select(w => $"word{w}a")));
        DocumentFilter url = new UrlFilter(addresses, 2), language = new LanguageFilter([], 0), pii = new PersonalDataFilter(_ => PersonalAction.Redact);
        yield return ("URL filter", [url]);
        yield return ("language", [language]);
        foreach (var preset in (string[])[.. QualityFilter.FineWebRecipe, QualityFilter.DolmaRepetition, QualityFilter.DolmaQuality, QualityFilter.DolmaC4]) yield return (preset, [new QualityFilter(new() { Presets = [preset] })]);
        yield return ("PII", [pii]);
        yield return ("decontamination, 5,000 items", [new DecontaminationFilter(index, 13, ContaminationAction.Report)]);
        // Limits that drop nothing, so that each rule sees all of the text.
        var open = new QualityOptions
        {
            GopherQuality = new() { MinimumWords = 0, MaximumWords = int.MaxValue, MinimumWordLength = 0, MaximumWordLength = 1000, Symbols = 9, BulletLines = 1, EllipsisLines = 1, WordsWithLetters = 0, StopWords = 0 },
            GopherRepetition = new() { DuplicateParagraphs = 1, DuplicateParagraphCharacters = 1, DuplicateLines = 1, DuplicateLineCharacters = 1, Top2Gram = 1, Top3Gram = 1, Top4Gram = 1, Duplicate5Grams = 1, Duplicate6Grams = 1, Duplicate7Grams = 1, Duplicate8Grams = 1, Duplicate9Grams = 1, Duplicate10Grams = 1 },
            C4 = new() { Sentences = 0, CurlyBracket = false, LoremIpsum = false },
            FineWeb = new() { TerminalLines = -1, ShortLines = 1, DuplicateLineCharacters = 1, Newlines = 1000 },
        };
        yield return ("**the recipe**: URL, language, presets, PII", [url, language, new QualityFilter(new()), pii]);
        yield return ("**the same, nothing dropped**", [url, language, new QualityFilter(open), pii]);
    }

    private static double Speed(IReadOnlyList<DocumentFilter> filters, IReadOnlyList<Document> documents, int rounds)
    {
        var bytes = documents.Sum(d => (double)Encoding.UTF8.GetByteCount(d.Text));
        var best = double.MaxValue;
        for (var round = 0; round <= rounds; round++)
        {
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var tallies = filters.Select(f => f.NewTally()).ToList();
            foreach (var document in documents)
            {
                var left = document;
                for (var i = 0; i < filters.Count && left is not null; i++) left = filters[i].Apply(left, tallies[i]);
            }

            var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            if (round > 0) best = Math.Min(best, seconds);
        }

        return bytes / best / 1e6;
    }

    /// <summary>Real text that repeats itself little, somewhat and much.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<Document> Documents)> Corpora()
    {
        if (SharedData.Find("books") is { } books) yield return ("novels", Texts(books, "*.txt"));
        if (SharedData.Find("transcripts") is { } transcripts) yield return ("transcripts", Texts(transcripts, "*.md"));
        var root = Path.GetDirectoryName(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'))!;
        var xml = Directory.GetFiles(Path.Combine(root, "..", "..", "packs"), "System.*.xml", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 100_000).Order(StringComparer.Ordinal).Take(25);
        yield return (".NET XML docs", [.. xml.Select(f => Document.Create(f, File.ReadAllText(f)))]);
    }

    private static List<Document> Texts(string folder, string pattern) =>
        [.. Directory.GetFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(60).Select(f => Document.Create(f, File.ReadAllText(f)) with { Url = "https://example.org/" + Path.GetFileName(f) })];
}
