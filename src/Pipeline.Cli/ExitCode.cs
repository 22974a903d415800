namespace Pipeline.Cli;

/// <summary>What the program's exit codes mean. Scripts rely on them.</summary>
public static class ExitCode
{
    public const int Success = 0;
    public const int StepFailed = 1;
    public const int WrongInput = 2;
    public const int Stale = 3;
    public const int GateFailed = 4;
    public const int WaitsForApproval = 5;
    public const int Cancelled = 130;
}
