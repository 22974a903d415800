using Pipeline.Cli;
using Pipeline.Training.NativeLibraries;

// Only these compute in their own process; to workers the engine hands the choice of libtorch on.
if (args is ["worker" or "generate" or "chat", ..] && !LibTorchChoice.IsMade && LibTorchChoice.Requested(args) is { } folder) return CommandLine.RunOnLibTorch(folder, args);

return await CommandLine.RunAsync(args);
