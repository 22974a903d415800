using System.Text;

namespace Pipeline.Cli.Tests.Faults;

/// <summary>A small pipeline that faults are tried on, and how a run of it without faults ended. There are a few, each run once: what differs from scenario to scenario is the fault.</summary>
internal sealed class Subject : IDisposable
{
    private const int Count = 8;

    private static readonly Lazy<Task<Subject>>[] All = [.. Enumerable.Range(0, Count).Select(i => new Lazy<Task<Subject>>(() => MakeAsync(i)))];

    private readonly Project calm;
    private readonly string yaml;

    private Subject(Project calm, string yaml, Ended whole) => (this.calm, this.yaml, Whole) = (calm, yaml, whole);

    /// <summary>How the run without faults ended.</summary>
    public Ended Whole { get; }

    /// <summary>The state folder that it left.</summary>
    public string State => calm.State;

    public string LockFile => calm["p.lock.json"];

    public static Task<Subject> Any(Random random) => All[random.Next(Count)].Value;

    /// <summary>Removes what was made for all tests.</summary>
    public static void RemoveAll()
    {
        foreach (var made in All.Where(s => s.IsValueCreated && s.Value.IsCompletedSuccessfully)) made.Value.Result.Dispose();
    }

    /// <summary>A fresh folder with the pipeline and its data.</summary>
    public Project NewProject() => Lay(yaml);

    public void Dispose() => calm.Dispose();

    private static async Task<Subject> MakeAsync(int index)
    {
        var yaml = Dag(index);
        var calm = Lay(yaml);
        return new(calm, yaml, (await calm.Run()).Expect(ExitCode.Success));
    }

    private static Project Lay(string yaml)
    {
        var project = new Project(yaml);
        // Old enough for its digest to be remembered.
        File.SetLastWriteTimeUtc(project.Write("data/a.txt", "A page that a step collects.\n"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return project;
    }

    /// <summary>Steps in this process, commands in a process of their own, and in every other pipeline one that reads files.</summary>
    private static string Dag(int index)
    {
        var random = new Random(index);
        var text = new StringBuilder("name: p\nsteps:\n");
        if (index % 2 == 0) text.Append("  pages: { uses: collect.files, with: { paths: ['data/*.txt'] } }\n");
        var count = random.Next(4, 8);
        for (var i = 0; i < count; i++)
        {
            var inputs = Enumerable.Range(0, i).Where(_ => random.Next(2) == 0).Select(j => $"s{j}").ToList();
            string given = inputs.Count == 0 ? "" : i % 4 == 3 ? $", inputs: {{ {string.Join(", ", inputs.Select(input => $"{input}: {input}"))} }}" : $", inputs: {{ files: [{string.Join(", ", inputs)}] }}";
            text.Append(i % 4 == 3
                ? $"  s{i}: {{ uses: shell{given}, with: {{ run: 'sleep 0.02; echo {random.Next(1000)} > $OUT/t' }} }}\n"
                : $"  s{i}: {{ uses: files.merge{given}, with: {{ add: {{ \"f{i}.txt\": \"{random.Next(1000)}\" }} }} }}\n");
        }

        return text.ToString();
    }
}
