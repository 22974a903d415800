namespace Pipeline.Training.Distributed;

public enum MpiImplementation
{
    OpenMpi,
    Mpich,
}
