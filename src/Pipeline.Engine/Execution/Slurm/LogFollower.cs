using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>Passes on the lines of a file that another machine is writing, whole lines only until the end.</summary>
internal sealed class LogFollower(string file, IStepListener listener)
{
    private readonly byte[] buffer = new byte[1 << 16];
    private readonly List<byte> line = [];
    private long position;

    public void Read(bool toTheEnd = false)
    {
        if (File.Exists(file))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = position;
            for (int read; (read = stream.Read(buffer)) > 0; position += read) Split(buffer.AsSpan(0, read));
        }

        if (toTheEnd && line.Count > 0) Tell();
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            line.AddRange(bytes[..end]);
            Tell();
            bytes = bytes[(end + 1)..];
        }

        line.AddRange(bytes);
        // What never ends a line is passed on in parts, and not kept.
        if (line.Count > buffer.Length) Tell();
    }

    private void Tell()
    {
        WorkerLines.Tell(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(line)).TrimEnd('\r'), listener);
        line.Clear();
    }
}
