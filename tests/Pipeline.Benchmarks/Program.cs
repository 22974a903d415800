using System.Globalization;
using Pipeline.Benchmarks;
using Pipeline.TestKit;

var numbers = args.Skip(1).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray();
if (args.FirstOrDefault() == "remote")
{
    await RemoteTransfer.Compare(megabytes: At(0, 1000), rounds: At(1, 3));
    return 0;
}
if (args.FirstOrDefault() == "optimizers")
{
    OptimizerSteps.Compare(rounds: At(0, 9), threads: At(1, 2));
    return 0;
}

if (args.FirstOrDefault() == "generate")
{
    Generation.Compare(rounds: At(0, 5), threads: At(1, 2));
    return 0;
}

var text = SharedData.Find("tinyshakespeare/input.txt") ?? throw new FileNotFoundException("The benchmarks train on tinyshakespeare/input.txt, which is not here.");
using var folder = new TemporaryFolder();
var tokens = CharacterTokens.Write(File.ReadAllText(text), folder.Path);
switch (args.FirstOrDefault())
{
    case "shakespeare":
        foreach (var seed in numbers)
        {
            var result = BabyGpt.Train(tokens, steps: 2000, seed, validateEvery: 500, threads: 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: validation loss {result.Validation[0].Value:F4}, {result.TokensPerSecond:F0} tokens/s"));
        }
        return 0;
    case "speed":
        TorchEager.Compare(tokens, rounds: At(0, 9), steps: At(1, 120), threads: At(2, 2));
        return 0;
    case "steps":
        Console.WriteLine(TorchEager.Ours(tokens, numbers[0], numbers[1]).ToString(CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: Pipeline.Benchmarks shakespeare SEED... | speed [ROUNDS [STEPS [THREADS]]] | steps STEPS THREADS | generate [ROUNDS [THREADS]] | remote [MEGABYTES [ROUNDS]] | optimizers [ROUNDS [THREADS]]");
        return 2;
}

int At(int index, int otherwise) => index < numbers.Length ? numbers[index] : otherwise;
