using Pipeline.Ranks;
using Pipeline.Training.Distributed;
using Pipeline.Training.NativeLibraries;

if (!LibTorchChoice.IsMade && LibTorchChoice.Requested(args) is { } folder) return LibTorchChoice.Run(folder, typeof(Sums).Assembly, args);

// What tests run in processes of their own: one rank of a job each.
return args switch
{
    ["sums"] => MpiJob.Run(Sums.Check),
    ["train", var shards, var steps] => MpiJob.Run(collective => TinyTraining.Run(collective, int.Parse(shards), int.Parse(steps))),
    ["resumable", var run] when MpiJob.IsLaunched => MpiJob.Run(collective => Resumable.Run(collective, run)),
    ["resumable", var run] => Resumable.Run(new SingleProcess(), run),
    ["pairs", var run] when MpiJob.IsLaunched => MpiJob.Run(collective => Pairs.Run(collective, run)),
    ["pairs", var run] => Pairs.Run(new SingleProcess(), run),
    ["loop", var place] => MpiJob.Run(collective => Endless.Run(collective, place, _ => { })),
    ["lose-a-rank", var place] => MpiJob.Run(collective => Endless.Run(collective, place, Endless.Kill)),
    ["throw-on-a-rank", var place] => MpiJob.Run(collective => Endless.Run(collective, place, Endless.Throw)),
    ["throw-on-all", var place] => Endless.TellOnRankZero(() => MpiJob.Run(collective => Endless.Run(collective, place, Endless.Throw, onAll: true))),
    ["time", var megabytes] => MpiJob.Run(collective => Times.Report(collective, int.Parse(megabytes))),
    ["libtorch", ..] => Libraries.Report(),
    _ => throw new ArgumentException($"unknown: {string.Join(' ', args)}"),
};
