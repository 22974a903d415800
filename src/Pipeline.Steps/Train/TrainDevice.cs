using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Training.NativeLibraries;
using TorchSharp;

namespace Pipeline.Steps.Train;

public enum TrainDevice
{
    Cpu,
    Cuda,
}

internal static class TrainDevices
{
    /// <summary>How many GPUs a step with such an option <c>device</c> needs.</summary>
    public static int GpusOf(JsonObject with) => with["device"] is JsonValue device && device.TryGetValue<string>(out var name) && name == "cuda" ? 1 : 0;

    /// <exception cref="StepFailedException">This libtorch has no such device here.</exception>
    public static torch.Device Open(this TrainDevice device)
    {
        if (device == TrainDevice.Cpu) return torch.CPU;
        if (torch.cuda.is_available()) return torch.CUDA;
        throw new StepFailedException($"device is cuda, but there is none for {LoadedLibTorch.Get()}: give a libtorch with CUDA ({LibTorchChoice.Option} FOLDER, such as torch/lib of a Python installation of PyTorch) on a machine with a GPU, or choose device: cpu.");
    }
}
