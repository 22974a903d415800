using Pipeline.TestKit;
using Pipeline.Training.Distributed;

namespace Pipeline.Training.Tests.Distributed;

public sealed class MpiLaunchTests
{
    [Theory]
    [InlineData(MpiImplementation.OpenMpi, "-np 2 --oversubscribe --bind-to none dotnet worker.dll --step x", "openmpi")]
    [InlineData(MpiImplementation.Mpich, "-n 2 -bind-to none dotnet worker.dll --step x", "mpich")]
    public void The_command_is_a_function_of_ranks_threads_and_arguments(MpiImplementation implementation, string arguments, string choice)
    {
        var info = new MpiLaunch(implementation, "/usr/bin/mpirun", 2, 3).StartInfo("dotnet", ["worker.dll", "--step", "x"], new WatchedProcess(12, 345, "here"));

        Assert.Equal("/usr/bin/mpirun", info.FileName);
        Assert.Equal(arguments, string.Join(' ', info.ArgumentList));
        Assert.Equal([choice, "3", "3", "12,345,here"], [info.Environment[Mpi.ChoiceVariable], info.Environment["OMP_NUM_THREADS"], info.Environment["MKL_NUM_THREADS"], info.Environment[WatchedProcess.Variable]]);
    }

    [Fact]
    public void No_ranks_and_no_threads_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new MpiLaunch(MpiImplementation.OpenMpi, "mpirun", 0, 1).StartInfo("dotnet", []));
        Assert.Throws<ArgumentException>(() => new MpiLaunch(MpiImplementation.OpenMpi, "mpirun", 1, 0).StartInfo("dotnet", []));
    }

    [Fact]
    public void Where_no_launcher_is_found_the_answer_says_what_to_install()
    {
        using var empty = new TemporaryFolder();
        var missing = Mpi.Availability(null, empty.Path);
        Assert.Contains("apt-get install", missing.Remedy, StringComparison.Ordinal);
        Assert.Equal(missing.Remedy, Assert.Throws<MpiException>(() => MpiLaunch.On(missing, 2, 1)).Message);
        Assert.Equal("PIPELINE_MPI is 'lam': use openmpi or mpich", Mpi.Availability("lam", "/usr/bin").Remedy);
    }
}
