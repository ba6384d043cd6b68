namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// About how many bytes of memory what clients and targets said takes: whoever keeps jobs or facts counts these as well as pieces, since one may have a
/// megabyte. What is always small is taken as one sum.
/// </summary>
public static class Weight
{
    private const int Small = 1024;

    /// <summary>Of a job.</summary>
    public static long Of(JobState state) => Small + (state.Definition is { } definition ? Of(definition) : 0);

    /// <summary>Of a fact.</summary>
    public static long Of(JobEvent fact) => Small + fact switch
    {
        JobCreated e => Of(e.Definition),
        JobUpdated e => Of(e.Definition),
        AttemptFailed e => Of(e.Error),
        RunCompleted e => Of(e.Output),
        JobCheckpointed e => Of(e.State),
        _ => 0,
    };

    /// <summary>Of a text.</summary>
    public static long Of(string? text) => text is null ? 0 : text.Length * sizeof(char);

    /// <summary>Of JSON.</summary>
    public static long Of(JsonText? json) => Of(json?.Raw);

    private static long Of(JobDefinition definition) => Of(definition.Description) + Of(definition.Parameters) + definition.Target switch
    {
        HttpTarget t => Of(t.Url) + Of(t.Body) + Of(t.Text) + t.Headers.Sum(h => Of(h.Name) + Of(h.Value)),
        AmqpTarget t => Of(t.Body) + Of(t.Text) + Of(t.Headers),
        _ => 0,
    };
}
