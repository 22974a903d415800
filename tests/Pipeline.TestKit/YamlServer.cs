using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.TestKit;

/// <summary>The language server that editors use for YAML, spoken to as they do: JSON-RPC over its standard input and output.</summary>
public sealed class YamlServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private int requests;

    private YamlServer(Process process) => this.process = process;

    public static async Task<YamlServer> StartAsync()
    {
        NpmServers.Install();
        var start = new ProcessStartInfo("node", [Path.Combine(NpmServers.Folder, "node_modules", "yaml-language-server", "bin", "yaml-language-server"), "--stdio"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new YamlServer(Process.Start(start)!);
        await server.AskAsync("initialize", new JsonObject { ["processId"] = Environment.ProcessId, ["rootUri"] = null, ["capabilities"] = new JsonObject() });
        server.Tell("initialized", []);
        return server;
    }

    /// <summary>What the editor underlines in a file that is opened: place (from 0) and message.</summary>
    public async Task<IReadOnlyList<(int Line, int Column, string Message)>> DiagnosticsAsync(string file, string text)
    {
        Tell("textDocument/didOpen", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = new Uri(file).AbsoluteUri, ["languageId"] = "yaml", ["version"] = 1, ["text"] = text } });
        var said = await WaitAsync(m => (string?)m["method"] == "textDocument/publishDiagnostics" && (string?)m["params"]!["uri"] == new Uri(file).AbsoluteUri);
        return [.. said["params"]!["diagnostics"]!.AsArray().Select(d => ((int)d!["range"]!["start"]!["line"]!, (int)d["range"]!["start"]!["character"]!, (string)d["message"]!))];
    }

    /// <summary>What is offered at a place of a file that was opened.</summary>
    public async Task<IReadOnlyList<string>> CompletionsAsync(string file, int line, int column)
    {
        var said = await AskAsync("textDocument/completion", At(file, line, column));
        return [.. said!["items"]!.AsArray().Select(i => (string)i!["label"]!)];
    }

    public async Task<string> HoverAsync(string file, int line, int column) => (string?)(await AskAsync("textDocument/hover", At(file, line, column)))?["contents"]?["value"] ?? "";

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static JsonObject At(string file, int line, int column) =>
        new() { ["textDocument"] = new JsonObject { ["uri"] = new Uri(file).AbsoluteUri }, ["position"] = new JsonObject { ["line"] = line, ["character"] = column } };

    private async Task<JsonNode?> AskAsync(string method, JsonObject parameters)
    {
        var id = ++requests;
        Send(new() { ["id"] = id, ["method"] = method, ["params"] = parameters });
        return (await WaitAsync(m => !m.ContainsKey("method") && (int?)m["id"] == id))["result"];
    }

    private void Tell(string method, JsonObject parameters) => Send(new() { ["method"] = method, ["params"] = parameters });

    private void Send(JsonObject message)
    {
        message["jsonrpc"] = "2.0";
        var bytes = Encoding.UTF8.GetBytes(message.ToJsonString());
        var stream = process.StandardInput.BaseStream;
        stream.Write(Encoding.ASCII.GetBytes($"Content-Length: {bytes.Length}\r\n\r\n"));
        stream.Write(bytes);
        stream.Flush();
    }

    private async Task<JsonObject> WaitAsync(Func<JsonObject, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = await ReceiveAsync(limit.Token);
            if (message.ContainsKey("method") && message["id"] is { } asked) Answer(asked, message);
            if (wanted(message)) return message;
        }
    }

    /// <summary>The server asks for settings, one answer for each item. It is not to look for schemas on the network.</summary>
    private void Answer(JsonNode id, JsonObject request) => Send(new()
    {
        ["id"] = id.DeepClone(),
        ["result"] = (string?)request["method"] == "workspace/configuration"
            ? new JsonArray([.. request["params"]!["items"]!.AsArray().Select(i => (string?)i!["section"] == "yaml" ? (JsonNode)new JsonObject { ["validate"] = true, ["completion"] = true, ["hover"] = true, ["schemaStore"] = new JsonObject { ["enable"] = false } } : null)])
            : null,
    });

    private async Task<JsonObject> ReceiveAsync(CancellationToken limit)
    {
        var stream = process.StandardOutput.BaseStream;
        var length = 0;
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one, limit);
            if (one[0] != '\n')
            {
                line.Append((char)one[0]);
                continue;
            }

            var header = line.ToString().TrimEnd('\r');
            line.Clear();
            if (header.Length == 0) break;
            if (header.StartsWith("Content-Length:", StringComparison.Ordinal)) length = int.Parse(header["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, limit);
        return (JsonObject)JsonNode.Parse(body)!;
    }
}
