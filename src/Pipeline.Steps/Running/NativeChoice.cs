using System.Reflection;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Steps.Running;

/// <summary>The libtorch that the user chose with <c>--libtorch</c> or <c>PIPELINE_LIBTORCH</c>.</summary>
public static class NativeChoice
{
    /// <summary>Runs the program again on the chosen libtorch and returns its exit code; null where none was chosen, or where this is that second time.</summary>
    /// <exception cref="InvalidDataException">The folder, a library in it or its version does not fit. The message stands alone.</exception>
    public static int? Run(Assembly program, string[] arguments)
    {
        if (LibTorchChoice.IsMade || LibTorchChoice.Requested(arguments) is not { } folder) return null;
        try
        {
            return LibTorchChoice.Run(folder, program, arguments);
        }
        catch (LibTorchException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
