namespace Pipeline.Training.NativeLibraries;

/// <summary>The libtorch that was asked for cannot be used; the message names the folder and the remedy.</summary>
public sealed class LibTorchException(string message, Exception? inner = null) : Exception(message, inner);
