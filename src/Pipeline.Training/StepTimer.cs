using System.Diagnostics;

namespace Pipeline.Training;

/// <summary>Training speed without the time for validation and checkpoints, smoothed over about 20 steps, and what the time goes to.</summary>
sealed class StepTimer
{
    const double Weight = 0.05;
    readonly double[] parts = new double[Enum.GetValues<StepPart>().Length];
    double seconds, perStep, tokensPerSecond;
    long started, lap, tokens, steps;

    public double TokensPerSecond => tokensPerSecond;

    public double OverallTokensPerSecond => seconds > 0 ? tokens / seconds : 0;

    public StepTimes Times => new(steps, Enum.GetValues<StepPart>().ToDictionary(part => part, part => parts[(int)part]));

    public void Start() => started = lap = Stopwatch.GetTimestamp();

    /// <summary>Counts the time since the last call to a part.</summary>
    public void Lap(StepPart part)
    {
        var now = Stopwatch.GetTimestamp();
        parts[(int)part] += Stopwatch.GetElapsedTime(lap, now).TotalSeconds;
        lap = now;
    }

    public void Stop(long trainedTokens)
    {
        Lap(StepPart.Optimizer);
        var took = Stopwatch.GetElapsedTime(started, lap).TotalSeconds;
        seconds += took;
        tokens += trainedTokens;
        steps++;
        perStep = perStep == 0 ? took : perStep + Weight * (took - perStep);
        var speed = trainedTokens / Math.Max(took, 1e-9);
        tokensPerSecond = tokensPerSecond == 0 ? speed : tokensPerSecond + Weight * (speed - tokensPerSecond);
    }

    public TimeSpan Remaining(long steps) => TimeSpan.FromSeconds(perStep * steps);
}
