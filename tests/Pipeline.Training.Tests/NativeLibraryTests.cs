using TorchSharp;

namespace Pipeline.Training.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void Libtorch_loads_on_this_machine_and_differentiates()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
        (x * x).sum().backward();
        Assert.Equal([2f, 4f, 6f], x.grad!.data<float>().ToArray());
    }
}
