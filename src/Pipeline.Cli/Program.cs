using Pipeline.Cli;
using Pipeline.Training.NativeLibraries;

// Only a worker computes: the engine hands the choice of libtorch on to it.
if (args is ["worker", ..] && !LibTorchChoice.IsMade && LibTorchChoice.Requested(args) is { } folder) return CommandLine.RunOnLibTorch(folder, args);

return await CommandLine.RunAsync(args);
