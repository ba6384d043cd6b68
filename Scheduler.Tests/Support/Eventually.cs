namespace Scheduler.Tests.Support;

/// <summary>Asks again until the answer is the expected one. For what a black box tells only when it is asked.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The first answer for which <paramref name="holds"/>; a <see cref="TimeoutException"/> with the last one when none comes.</summary>
    public static async Task<T> AnswersAsync<T>(Func<Task<T>> ask, Func<T, bool> holds, Func<T, string> describe, TimeSpan? within = null)
    {
        var deadline = within ?? TimeSpan.FromSeconds(120);
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (holds(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(since) > deadline)
                throw new TimeoutException($"Not after {deadline}; last answer: {describe(answer)}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
