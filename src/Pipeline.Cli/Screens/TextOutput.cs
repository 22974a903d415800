using System.Text;

namespace Pipeline.Cli.Screens;

/// <summary>Standard output for text that comes piece by piece, each shown at once.</summary>
internal sealed class TextOutput(CancellationToken cancellation) : IDisposable
{
    private readonly StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    /// <summary>Has a text written and ends its line, whatever happens. False where nobody wanted more of it.</summary>
    /// <exception cref="WrongInputException">The model cannot continue what it was given.</exception>
    public bool Take(Action<Action<string>> text)
    {
        try
        {
            text(Write);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (InvalidDataException wrong)
        {
            throw new WrongInputException(wrong.Message);
        }
        finally
        {
            output.Write('\n');
        }
    }

    public void Dispose() => output.Dispose();

    private void Write(string text)
    {
        cancellation.ThrowIfCancellationRequested();
        output.Write(text);
    }
}
