using System.Diagnostics;

namespace Pipeline.Training;

/// <summary>Training speed without the time for validation and checkpoints, smoothed over about 20 steps.</summary>
sealed class StepTimer
{
    const double Weight = 0.05;
    double seconds, perStep, tokensPerSecond;
    long started, tokens;

    public double TokensPerSecond => tokensPerSecond;

    public double OverallTokensPerSecond => seconds > 0 ? tokens / seconds : 0;

    public void Start() => started = Stopwatch.GetTimestamp();

    public void Stop(long trainedTokens)
    {
        var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
        seconds += took;
        tokens += trainedTokens;
        perStep = perStep == 0 ? took : perStep + Weight * (took - perStep);
        var speed = trainedTokens / Math.Max(took, 1e-9);
        tokensPerSecond = tokensPerSecond == 0 ? speed : tokensPerSecond + Weight * (speed - tokensPerSecond);
    }

    public TimeSpan Remaining(long steps) => TimeSpan.FromSeconds(perStep * steps);
}
