using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

/// <summary>The real program in a process of its own, started as <c>dotnet pipeline.dll</c> by the dotnet that runs the tests.</summary>
public sealed class ProgramRun : IDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Task reading;
    private readonly Task<string> error;

    /// <param name="under">A command that runs the program, such as a tracer.</param>
    public ProgramRun(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, params IReadOnlyList<string> under)
    {
        IReadOnlyList<string> command = [.. under, Dotnet, Path.Combine(AppContext.BaseDirectory, "pipeline.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("PIPELINE_LIBTORCH");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.StandardInput.Close();
        Id = process.Id;
        reading = Task.Run(Read);
        error = process.StandardError.ReadToEndAsync();
    }

    public int Id { get; }

    public bool HasEnded => process.HasExited;

    /// <summary>The lines of standard output so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines) return [.. lines];
        }
    }

    public string Output => string.Concat(Lines.Select(line => line + "\n"));

    public IEnumerable<JsonObject> Events => Lines.Select(line => (JsonObject)JsonNode.Parse(line)!);

    /// <summary>Waits for a line that contains the text. False where the program ended without it.</summary>
    public Task<bool> Says(string text) => Says(line => line.Contains(text, StringComparison.Ordinal), 1, text);

    /// <summary>Waits until so many steps and runs have begun or ended. False where the program ended before.</summary>
    public Task<bool> SaysSo(int events) => Says(line => line.Contains(".started\",", StringComparison.Ordinal) || line.Contains(".finished\",", StringComparison.Ordinal), events, "started or finished");

    private async Task<bool> Says(Func<string, bool> wanted, int times, string text)
    {
        var end = Stopwatch.StartNew();
        while (!Said())
        {
            if (reading.IsCompleted) return Said();
            if (end.Elapsed > Longest) throw new TimeoutException($"'{text}' was not said:\n{Output}");
            await Task.Delay(5);
        }

        return true;

        bool Said() => Lines.Count(wanted) >= times;
    }

    public void Signal(int signal) => Processes.Signal(Id, signal);

    public async Task<Ended> End()
    {
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the program did not end:\n{Output}");
        }

        await reading;
        return new(process.ExitCode, Output, await error);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private async Task Read()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (lines) lines.Add(line);
        }
    }
}

/// <summary>How the program ended and what it said.</summary>
public sealed record Ended(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<JsonObject> Rows => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonObject)JsonNode.Parse(line)!)];

    public JsonObject Last => Rows[^1];

    /// <summary>The steps of <c>run.finished</c>, or of a plan, by id.</summary>
    public IReadOnlyDictionary<string, JsonObject> Steps =>
        ((string?)Last["event"] == "run.finished" ? Last["steps"]!.AsArray().Select(s => s!.AsObject()) : Rows).ToDictionary(s => (string)s["id"]!);

    public string Decision(string step) => (string)Steps[step]["decision"]!;

    public string Reason(string step) => (string)Steps[step]["reason"]!;

    public string Digest(string step, string output) => (string)Steps[step]["outputs"]![output]!;

    public string Decisions => string.Join(' ', Steps.Select(s => $"{s.Key}:{(string?)s.Value["decision"]}"));

    public Ended Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n{Output}\n{Error}");
        return this;
    }
}
