using System.Reflection;
using System.Runtime.Loader;

namespace Pipeline.Training.NativeLibraries;

/// <summary>Runs the program on a libtorch that the user chose: the first thing that Main does.</summary>
public static class LibTorchChoice
{
    public const string Variable = "PIPELINE_LIBTORCH";

    public const string Option = "--libtorch";

    /// <summary>True inside <see cref="Run"/>: Main is then running for the second time.</summary>
    public static bool IsMade => AssemblyLoadContext.GetLoadContext(typeof(LibTorchChoice).Assembly)?.Name == LibTorchContext.ContextName;

    /// <summary>The folder that the option or else the variable names; null where neither does and the libtorch that came along serves.</summary>
    public static string? Requested(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count && arguments[i] != "--"; i++)
        {
            if (arguments[i] == Option && i + 1 < arguments.Count) return arguments[i + 1];
            if (arguments[i].StartsWith(Option + "=", StringComparison.Ordinal)) return arguments[i][(Option.Length + 1)..];
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;
    }

    /// <summary>Lets the processes that this one starts compute with the libtorch of a folder, without loading it here.</summary>
    /// <exception cref="LibTorchException">The folder or a library is missing.</exception>
    public static void HandOn(string folder)
    {
        folder = Path.GetFullPath(folder);
        LibTorchFolder.CheckFiles(folder);
        Environment.SetEnvironmentVariable(Variable, folder);
    }

    /// <summary>Tells one libtorch from another without loading it: results made with one are not those of the other. The same libraries elsewhere are the same.</summary>
    public static string Identity()
    {
        string[] places = Requested([]) is { } folder ? [folder] : [Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"), AppContext.BaseDirectory];
        var library = places.Select(place => Path.Combine(place, "libtorch_cpu.so")).FirstOrDefault(File.Exists);
        return library is null ? "unknown" : ElfBuildId.Of(library) ?? $"{new FileInfo(library).Length} bytes";
    }

    /// <summary>Calls the entry point of <paramref name="program"/> again, on the chosen libtorch; processes that it starts inherit the choice.</summary>
    /// <exception cref="LibTorchException">The folder, a library or the version does not fit.</exception>
    public static int Run(string folder, Assembly program, string[] arguments)
    {
        if (program.Location.Length == 0) throw new LibTorchException($"{Option} and {Variable} do not work in a single-file build");
        folder = Path.GetFullPath(folder);
        var context = new LibTorchContext(program.Location, folder);
        context.LoadLibraries();
        Environment.SetEnvironmentVariable(Variable, folder);
        var main = context.LoadFromAssemblyPath(program.Location).EntryPoint ?? throw new ArgumentException($"{program.Location} has no entry point");
        var result = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [arguments], null);
        return result is int exitCode ? exitCode : 0;
    }
}
