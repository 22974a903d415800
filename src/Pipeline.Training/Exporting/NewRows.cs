namespace Pipeline.Training.Exporting;

/// <summary>What the rows of tokens begin with that a model did not know.</summary>
public enum NewRows
{
    /// <summary>The mean of the rows that there are: the new token is then about as probable as the average one (Hewitt 2021).</summary>
    Mean,

    /// <summary>Drawn for each column from the normal distribution with the mean and deviation of the rows that there are.</summary>
    Noise,
}
