using System.Text;

namespace Pipeline.Cli.Screens;

/// <summary>Standard output for text that comes piece by piece, each shown at once.</summary>
internal sealed class TextOutput(CancellationToken cancellation) : IDisposable
{
    private readonly StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    /// <exception cref="OperationCanceledException">Nobody wants more.</exception>
    public void Write(string text)
    {
        cancellation.ThrowIfCancellationRequested();
        output.Write(text);
    }

    public void EndLine() => output.Write('\n');

    public void Dispose() => output.Dispose();
}
