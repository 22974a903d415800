using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.TestKit;

/// <summary>A real storage server (npm's azurite or s3rver) on loopback, stopped with the test. tests/servers is installed by npm when first needed.</summary>
public sealed class StorageServer : IDisposable
{
    // Published with Azurite: every installation of it has this account and key.
    private const string AzuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly TemporaryFolder data = new();
    private readonly Process process;
    private readonly List<string> said = [];

    private StorageServer(Func<int, string, IReadOnlyList<string>> command, Func<int, IReadOnlyDictionary<string, string?>> variables, Func<string, string> uri)
    {
        NpmServers.Install();
        Port = FreePort();
        (VariablesAt, Uri) = (variables, uri);
        var start = new ProcessStartInfo("node", command(Port, data.Path)) { WorkingDirectory = NpmServers.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var watch = Stopwatch.StartNew(); !Answers(Port); Thread.Sleep(50))
        {
            if (process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60)) throw new InvalidOperationException($"the server did not start: {Said}");
        }
    }

    /// <summary>Why no server can be started here, or null.</summary>
    public static string? Unavailable => NpmServers.Unavailable;

    /// <summary>What a client has to have in its environment.</summary>
    public IReadOnlyDictionary<string, string?> Variables => VariablesAt(Port);

    /// <summary>As <see cref="Variables"/>, for a client that goes through another port, such as that of a <see cref="FlakyProxy"/>.</summary>
    public Func<int, IReadOnlyDictionary<string, string?>> VariablesAt { get; }

    public int Port { get; }

    /// <summary>The URI of a store there, from a prefix.</summary>
    public Func<string, string> Uri { get; }

    public static StorageServer Azurite() => new(
        (port, folder) => ["node_modules/azurite/dist/src/blob/main.js", "--blobHost", "127.0.0.1", "--blobPort", $"{port}", "--location", folder, "--loose", "--skipApiVersionCheck", "--silent", "--disableTelemetry"],
        port => new Dictionary<string, string?> { ["AZURE_STORAGE_CONNECTION_STRING"] = $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AzuriteKey};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;" },
        prefix => $"az://devstoreaccount1/tests/{prefix}");

    public static StorageServer S3() => new(
        (port, folder) => ["s3.js", $"{port}", folder, "tests"],
        port => new Dictionary<string, string?> { ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{port}", ["AWS_ACCESS_KEY_ID"] = "S3RVER", ["AWS_SECRET_ACCESS_KEY"] = "S3RVER", ["AWS_REGION"] = "us-east-1" },
        prefix => $"s3://tests/{prefix}");

    private string Said
    {
        get
        {
            lock (said) return string.Join('\n', said);
        }
    }

    /// <exception cref="InvalidOperationException">The server had ended by itself: what tests saw of it was not what they are about.</exception>
    public void Dispose()
    {
        var died = process.HasExited;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        data.Dispose();
        if (died) throw new InvalidOperationException($"the server ended by itself: {Said}");
    }

    private void Hear(string? line)
    {
        lock (said) said.Add(line ?? "");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
