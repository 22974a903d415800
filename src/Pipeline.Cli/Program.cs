using System.Reflection;
using Pipeline.Cli;
using Pipeline.Training.NativeLibraries;

// Only these two come to load libtorch; a choice that does not serve is refused here, before any step runs.
if (args is ["run" or "worker", ..] && !LibTorchChoice.IsMade && LibTorchChoice.Requested(args) is { } folder)
{
    try
    {
        return LibTorchChoice.Run(folder, Assembly.GetExecutingAssembly(), args);
    }
    catch (LibTorchException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return ExitCode.WrongInput;
    }
}

return await CommandLine.RunAsync(args);
