using Pipeline.Training.Batches;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 9: every option that is set changes something: the data, the parameters that there are, a learning rate, or the bits after a few steps.</summary>
static class OptionsRead
{
    const string Name = "every option that is set is read";
    const int Steps = 3, Rows = 16;

    /// <param name="trial">As it is set.</param>
    /// <param name="others">For each option that is set the same trial with other values of it, one of which must make a difference; none where the other options leave no choice.</param>
    public static Finding Check(Trial trial, IReadOnlyList<(string Option, IReadOnlyList<Trial> Otherwise)> others)
    {
        if (others.Count == 0)
            return new(9, Name, null, "no option is set that a few steps could show");
        var judged = others.Where(other => other.Otherwise.Count > 0).ToList();
        Trained? own = null;
        var unread = judged.Where(other => !other.Otherwise.Any(otherwise => Differs(trial, otherwise))).Select(other => other.Option).ToList();
        var left = others.Count == judged.Count ? "" : $"; not judged, as others need them: {string.Join(", ", others.Where(other => other.Otherwise.Count == 0).Select(other => other.Option))}";
        return new(9, Name, unread.Count == 0, (unread.Count == 0 ? $"each of {string.Join(", ", judged.Select(other => other.Option))} makes a difference" : $"another value of {string.Join(", ", unread)} gives the same bits after {Steps} steps") + left);

        bool Differs(Trial mine, Trial other)
        {
            if (!mine.Config.Layout().Select(each => (each.Name, Size: string.Join('x', each.Shape))).SequenceEqual(other.Config.Layout().Select(each => (each.Name, Size: string.Join('x', each.Shape)))))
                return true;
            if (Enumerable.Range(0, (int)Math.Min(mine.Options.Steps, 100_000)).Any(step => mine.Options.LearningRate.At(step, mine.Options.Steps) != other.Options.LearningRate.At(step, other.Options.Steps)))
                return true;
            if (!SameRows(mine.Examples, other.Examples))
                return true;
            var (short1, short2) = (Short(mine), Short(other));
            own ??= mine.Run(short1);
            var otherwise = other.Run(short2);
            return !own.HasTheBitsOf(otherwise) || !own.Steps.SequenceEqual(otherwise.Steps);
        }
    }

    /// <summary>At the rates of the middle of the run: at its beginning a long warm-up hides what a step does.</summary>
    static TrainingOptions Short(Trial trial) => trial.Options with
    {
        Steps = Steps, LearningRate = new() { Peak = trial.Options.LearningRate.Peak, Decay = Schedules.Decay.Constant }, EarlyStopping = null, ValidateEvery = 0,
    };

    static bool SameRows(IExamples<TokenBatch> mine, IExamples<TokenBatch> other)
    {
        if (mine.Count != other.Count)
            return false;
        for (var row = 0; row < Math.Min(Rows, mine.Count); row++)
        {
            var (a, b) = (mine.Read([new Place(0, row)]), other.Read([new Place(0, row)]));
            if (!a.Ids.AsSpan().SequenceEqual(b.Ids) || !a.Targets.AsSpan().SequenceEqual(b.Targets) || !Same(a.Source, b.Source) || !Same(a.Prefix, b.Prefix) || !Same(a.Segments, b.Segments))
                return false;
        }
        return true;

        static bool Same(long[]? x, long[]? y) => (x ?? []).AsSpan().SequenceEqual(y ?? []);
    }
}
