using Pipeline.Engine.Authoring;
using Pipeline.Steps.Cleaning;
using Pipeline.Steps.Collecting;
using Pipeline.Steps.Evaluate;
using Pipeline.Steps.Exporting;
using Pipeline.Steps.Gating;
using Pipeline.Steps.General;
using Pipeline.Steps.Instructing;
using Pipeline.Steps.Mixing;
using Pipeline.Steps.Partitioning;
using Pipeline.Steps.Preferring;
using Pipeline.Steps.Reporting;
using Pipeline.Steps.Tokenizing;
using Pipeline.Steps.Train;

namespace Pipeline.Steps;

/// <summary>Every step type that ships, in the order of the lifecycle.</summary>
public static class BuiltInSteps
{
    public static StepCatalog Catalog() => new(
    [
        new CollectFiles(),
        new CollectDotnetDocs(),
        new CollectCrawl(),
        new CollectUrls(),
        new CollectFeeds(),
        new CollectHuggingFace(),
        new CollectBlobs(),
        new CollectGit(),
        new CleanUrls(),
        new CleanLanguage(),
        new CleanText(),
        new CleanChunk(),
        new CleanQuality(),
        new Deduplicate(),
        new CleanPii(),
        new CountWords(),
        new CleanWords(),
        new Decontaminate(),
        new Mix(),
        new Split(),
        new Contiguous(),
        new Certify(),
        new TrainBpe(),
        new TrainWordPiece(),
        new TrainUnigram(),
        new TrainWords(),
        new TrainCharacters(),
        new Encode(),
        new ReportTokenizers(),
        new FromDocuments(),
        new Siblings(),
        new Import(),
        new Pretrain(),
        new Instruct(),
        new Dpo(),
        new Prune(),
        new Verify(),
        new EvaluateLanguageModel(),
        new ExportHuggingFace(),
        new ExportTokens(),
        new Gate(),
        new Select(),
        new Halve(),
        new ReportCorpus(),
        new ReportHtml(),
        new ReportAttention(),
        new FilesMerge(),
        new Shell(),
    ]);
}
