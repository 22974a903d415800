using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests.Faults;

/// <summary>Files of the state folder as a power cut may leave them: empty, cut off, with zeros where the end was. What they said is lost; nothing else is.</summary>
internal static class TornFiles
{
    public static async Task<bool> Play(Random random)
    {
        var subject = await Subject.Any(random);
        using var project = subject.NewProject();
        Copy(subject.State, project.State);
        File.Copy(subject.LockFile, project["p.lock.json"]);
        var files = Directory.EnumerateFiles(project.State, "*", SearchOption.AllDirectories).Append(project["p.lock.json"]).Where(f => IsOfUse(f, project)).Order(StringComparer.Ordinal).ToList();
        var torn = Enumerable.Range(0, random.Next(1, 6)).Select(_ => files[random.Next(files.Count)]).Distinct().ToList();
        var costs = torn.SelectMany(f => CostsSteps(f, project)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in torn) Tear(file, random, mayKeepLength: !file.Contains("/blobs/", StringComparison.Ordinal));
        Litter(project, random);
        try
        {
            foreach (var verb in new[] { (string[])["runs"], ["status", "p.yaml"], ["plan", "p.yaml"], ["metrics", "p.yaml"] }.OrderBy(_ => random.Next()).Take(1)) (await project.Pipeline(verb)).Expect(ExitCode.Success);
            await Invariants.GoesOn(subject, project, project.State, subject.Whole.Steps.Keys.Except(costs));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"torn: {string.Join(", ", torn.Select(t => Path.GetRelativePath(project.Path, t)))}: {e.Message}", e);
        }

        return true;
    }

    /// <summary>Not manifests: nothing reads them in a run, and none is missed until gc or a reader asks.</summary>
    private static bool IsOfUse(string file, Project project) => !file.Contains("/blobs/", StringComparison.Ordinal) || CostsSteps(file, project).Any();

    /// <summary>The steps whose results were kept in a file.</summary>
    private static IEnumerable<string> CostsSteps(string file, Project project)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (!file.Contains("/blobs/", StringComparison.Ordinal) && !file.Contains("/results/", StringComparison.Ordinal)) return [];
        var locked = JsonNode.Parse(project.Read("p.lock.json"))!["steps"]!.AsObject();
        return from step in locked
               let key = (string)step.Value!["key"]!
               let result = File.ReadAllText(Path.Combine(project.State, "results", key[..2], key + ".json"))
               where key == name || (file.Contains("/blobs/", StringComparison.Ordinal) && FilesOf(result).Contains(name))
               select step.Key;
    }

    private static IEnumerable<string> FilesOf(string result) =>
        JsonNode.Parse(result)!["outputs"]!.AsObject().SelectMany(o => o.Value!["files"]!.AsArray()).Select(f => (string)f!["sha256"]!);

    private static void Tear(string file, Random random, bool mayKeepLength)
    {
        var bytes = File.ReadAllBytes(file);
        if (bytes.Length == 0) return;
        var left = random.Next(3) == 0 ? 0 : random.Next(bytes.Length);
        if (mayKeepLength && random.Next(3) == 0) Array.Clear(bytes, left, bytes.Length - left);
        else bytes = bytes[..left];
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>What else those that died leave: half-written files beside their places, attempts without an owner, locks that nobody holds.</summary>
    private static void Litter(Project project, Random random)
    {
        string[] litter = [".pipeline/results/ab/half.json.0123456789ab.1.tmp", ".pipeline/attempts/20200101-000000-000dead/s0.files/f0.txt", ".pipeline/attempts/20200101-000000-000dead.alive", ".pipeline/store/incoming/0123456789ab.1", $".pipeline/locks/{new string('a', 64)}", ".pipeline/history/p-00000000/x.jsonl"];
        foreach (var file in litter.Where(_ => random.Next(2) == 0)) project.Write(file, random.Next(2) == 0 ? "" : "{\"half");
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
