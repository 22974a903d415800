using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>The tensors of a folder, in one <c>model.safetensors</c> or in several files with an index.</summary>
public sealed class SafetensorsFolder : IDisposable
{
    readonly List<SafetensorsFile> files = [];
    readonly Dictionary<string, SafetensorsFile> places = new(StringComparer.Ordinal);

    SafetensorsFolder(string path) => Path = path;

    /// <summary>Of the file or the index that the tensors were found by.</summary>
    public string Path { get; }

    /// <summary>Of every tensor, file by file, each in the order of its bytes.</summary>
    public IEnumerable<SafetensorsEntry> Entries => files.SelectMany(file => file.Header.Tensors);

    /// <exception cref="InvalidDataException">A file is missing or broken, or the index says something else than the files.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var single = System.IO.Path.Combine(folder, Safetensors.FileName);
        var index = System.IO.Path.Combine(folder, SafetensorsIndex.FileName);
        // As transformers does where both are there.
        var opened = new SafetensorsFolder(File.Exists(single) ? single : index);
        try
        {
            if (opened.Path == single)
                opened.Add(single);
            else if (File.Exists(index))
                opened.AddAll(folder, SafetensorsIndex.Read(index));
            else
                throw new InvalidDataException(Missing(folder));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Writes one file, or as many as keep each within <paramref name="most"/> bytes of tensors, with an index. A tensor is never cut.</summary>
    public static void Write(string folder, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null, long most = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var shards = new List<List<(string Name, Tensor Value)>>();
        var room = -1L;
        foreach (var tensor in tensors)
        {
            var bytes = tensor.Value.numel() * tensor.Value.element_size();
            if (shards.Count == 0 || bytes > room)
            {
                shards.Add([]);
                room = most;
            }
            shards[^1].Add(tensor);
            room -= bytes;
        }
        if (shards.Count <= 1)
        {
            Safetensors.Write(System.IO.Path.Combine(folder, Safetensors.FileName), tensors, metadata);
            return;
        }
        var map = new List<(string, string)>();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:00000}-of-{shards.Count:00000}.safetensors";
            Safetensors.Write(System.IO.Path.Combine(folder, name), shards[i], metadata);
            map.AddRange(shards[i].Select(tensor => (tensor.Name, name)));
        }
        // The index last: with it the folder is complete.
        SafetensorsIndex.Write(System.IO.Path.Combine(folder, SafetensorsIndex.FileName), map, tensors.Sum(tensor => tensor.Value.numel() * tensor.Value.element_size()));
    }

    public bool Contains(string name) => places.ContainsKey(name);

    public SafetensorsEntry Entry(string name) => FileOf(name).Entry(name);

    /// <summary>A new tensor on the CPU.</summary>
    public Tensor Read(string name) => FileOf(name).Read(name);

    /// <summary>Overwrites a tensor of the same shape; another type or device is converted to.</summary>
    public void ReadInto(string name, Tensor target) => FileOf(name).ReadInto(name, target);

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    SafetensorsFile FileOf(string name) => places.TryGetValue(name, out var file) ? file : throw new InvalidDataException($"{Path}: has no tensor '{name}'");

    void Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var entry in file.Header.Tensors)
        {
            if (!places.TryAdd(entry.Name, file))
                throw new InvalidDataException($"{path}: tensor '{SafetensorsJson.Shown(entry.Name)}' is in {System.IO.Path.GetFileName(places[entry.Name].Path)} too");
        }
    }

    void AddAll(string folder, IReadOnlyDictionary<string, string> map)
    {
        foreach (var name in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var path = System.IO.Path.Combine(folder, name);
            if (!File.Exists(path))
                throw new InvalidDataException($"{Path}: names the file {name}, which is not there");
            Add(path);
        }
        foreach (var (tensor, name) in map)
        {
            if (!places.TryGetValue(tensor, out var file) || System.IO.Path.GetFileName(file.Path) != name)
                throw new InvalidDataException($"{Path}: says that tensor '{SafetensorsJson.Shown(tensor)}' is in {name}, but it is {(file is null ? "in no file" : $"in {System.IO.Path.GetFileName(file.Path)}")}");
        }
        if (places.Keys.FirstOrDefault(tensor => !map.ContainsKey(tensor)) is { } unnamed)
            throw new InvalidDataException($"{places[unnamed].Path}: has tensor '{SafetensorsJson.Shown(unnamed)}', which {SafetensorsIndex.FileName} does not name");
    }

    static string Missing(string folder)
    {
        var pickled = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "pytorch_model*.bin").Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return pickled is not null
            ? $"{folder} has only pickled weights ({pickled}), which can run code when read: convert them to {Safetensors.FileName} first"
            : $"{folder} has no {Safetensors.FileName}, nor {SafetensorsIndex.FileName}";
    }
}
