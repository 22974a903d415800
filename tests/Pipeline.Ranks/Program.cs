using Pipeline.Ranks;
using Pipeline.Training.Distributed;

// What tests run in processes of their own: one rank of a job each.
return args switch
{
    ["sums"] => MpiJob.Run(Sums.Check),
    ["train", var shards, var steps] => MpiJob.Run(collective => TinyTraining.Run(collective, int.Parse(shards), int.Parse(steps))),
    ["loop", var folder] => MpiJob.Run(collective => Endless.Run(collective, folder, _ => { })),
    ["lose-a-rank", var folder] => MpiJob.Run(collective => Endless.Run(collective, folder, Endless.Kill)),
    ["throw-on-a-rank", var folder] => MpiJob.Run(collective => Endless.Run(collective, folder, Endless.Throw)),
    ["time", var megabytes] => MpiJob.Run(collective => Times.Report(collective, int.Parse(megabytes))),
    _ => throw new ArgumentException($"unknown: {string.Join(' ', args)}"),
};
