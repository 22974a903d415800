using Pipeline.Cli;
using Pipeline.Steps.Running;

try
{
    // A folder that does not do is refused before any step runs; verbs that load no native code need not look at it.
    if (args is ["run" or "worker", ..] && NativeChoice.Run(typeof(CommandLine).Assembly, args) is { } exitCode) return exitCode;
}
catch (InvalidDataException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ExitCode.WrongInput;
}

return await CommandLine.RunAsync(args);
