using System.Globalization;
using Pipeline.Benchmarks;
using Pipeline.TestKit;

const string Usage = """
    usage: Pipeline.Benchmarks VERB
      speed SHAPE|all [ROUNDS [STEPS [THREADS]]]    training beside PyTorch eager
      steps SHAPE [STEPS [THREADS]]                 ours alone, as numbers
      profile SHAPE|all [STEPS [THREADS]]           where the time of a step goes
      memory SHAPE [STEPS [THREADS]]                its peak with activation checkpointing and without
      rss SHAPE [STEPS [THREADS [EVERY]]]           resident memory over many steps
      estimate                                      the estimate of a training's memory beside what it holds
      optimizers [ROUNDS [THREADS]]                 a step of each optimiser
      generate [ROUNDS [THREADS]]                   tokens generated with and without a cache
      shakespeare SEED...                           nanoGPT's CPU baby, to its end
      words [WORDS [EPOCHS [THREADS]]]              a word-level LSTM beside n-gram models
      cleaning [ROUNDS]                             megabytes a second of each cleaning operation
      code FOLDER [SAMPLES]                         code without fences that is protected, prose that is taken for code
      tokenizers [MEGABYTES [ROUNDS]]               training and encoding beside Hugging Face's engine and SentencePiece
      encoding [ROUNDS]                             megabytes a second of each kind of tokenizer, each in a process of its own
      encoding-of TOKENIZER [ROUNDS]                of one of them
      remote [MEGABYTES [ROUNDS]]                   transfers to a remote store
      duplicates [ROUNDS]                           speed of each part of finding duplicates
      extraction [ROUNDS]                           main content of pages beside SmartReader and all text
      encodings [SAMPLES]                           texts of no stated encoding read as written, beside chardet and charset-normalizer
      encodings-dev [SAMPLES]                       the same on the development half without peers, and what went wrong
      extraction-dev FOLDER                         its development pages, with our text and the gold one in a folder
    """;

var verb = args.FirstOrDefault();
var shape = args.Length > 1 && verb is ("speed" or "steps" or "profile" or "memory" or "peak" or "rss" or "extraction-dev" or "encoding-of" or "code") ? args[1] : null;
var numbers = args.Skip(verb == "tokenizer" ? args.Length : shape is null ? 1 : 2).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray();
switch (verb)
{
    case "speed" when shape is not null:
        foreach (var each in Shape.Named(shape))
            TorchEager.Compare(each, rounds: At(0, 5), steps: At(1, each.Steps), threads: At(2, 2));
        return 0;
    case "steps" when shape is not null:
        TorchEager.Ours(Shape.Of(shape), At(0, Shape.Of(shape).Steps), At(1, 2));
        return 0;
    case "profile" when shape is not null:
        foreach (var each in Shape.Named(shape))
            Profile.Print(each, At(0, each.Steps), At(1, 2));
        return 0;
    case "memory" when shape is not null:
        Memory.Compare(Shape.Of(shape), At(0, 3), At(1, 2));
        return 0;
    case "peak" when shape is not null:
        Memory.Peak(Shape.Of(shape), At(0, 3), At(1, 2), At(2, 0) != 0);
        return 0;
    case "rss" when shape is not null:
        Memory.OverSteps(Shape.Of(shape), At(0, 2000), At(1, 2), At(2, 100));
        return 0;
    case "estimate":
        TrainingMemory.Compare();
        return 0;
    case "estimate-of":
        TrainingMemory.Measure(numbers[0]);
        return 0;
    case "optimizers":
        OptimizerSteps.Compare(rounds: At(0, 9), threads: At(1, 2));
        return 0;
    case "generate":
        Generation.Compare(rounds: At(0, 5), threads: At(1, 2));
        return 0;
    case "shakespeare":
        var text = SharedData.Find("tinyshakespeare/input.txt") ?? throw new FileNotFoundException("The benchmarks train on tinyshakespeare/input.txt, which is not here.");
        using (var folder = new TemporaryFolder())
        {
            var tokens = CharacterTokens.Write(File.ReadAllText(text), folder.Path);
            foreach (var seed in numbers)
            {
                var result = BabyGpt.Train(tokens, steps: 2000, seed, validateEvery: 500, threads: 2);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: validation loss {result.Validation[0].Value:F4}, {result.TokensPerSecond:F0} tokens/s"));
            }
        }
        return 0;
    case "words":
        WordModels.Compare(words: At(0, 600_000), epochs: At(1, 8), threads: At(2, 2));
        return 0;
    case "cleaning":
        CleaningSpeed.Print(rounds: At(0, 3));
        return 0;
    case "code" when shape is not null:
        CodeFound.Print(shape, samples: At(0, 0));
        return 0;
    case "tokenizers":
        TokenizerSpeed.Compare(megabytes: At(0, 32), rounds: At(1, 5));
        return 0;
    case "encoding":
        EncodingSpeed.Print(rounds: At(0, 5));
        return 0;
    case "encoding-of" when shape is not null:
        EncodingSpeed.PrintOne(shape, rounds: At(0, 5));
        return 0;
    case "tokenizer":
        TokenizerSpeed.Alone(args[1], args[2], args[3]);
        return 0;
    case "remote":
        await RemoteTransfer.Compare(megabytes: At(0, 1000), rounds: At(1, 3));
        return 0;
    case "duplicates":
        await Duplicates.Compare(rounds: At(0, 5));
        return 0;
    case "encodings" or "encodings-dev":
        Encodings.Compare(most: At(0, 16), development: verb == "encodings-dev", peers: verb == "encodings");
        return 0;
    case "extraction":
        Extraction.Compare(rounds: At(0, 3));
        return 0;
    case "extraction-dev":
        Extraction.PrintDevelopment(shape);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

int At(int index, int otherwise) => index < numbers.Length ? numbers[index] : otherwise;
