namespace Scheduler.Actors.Domain;

/// <summary>
/// A JSON value that the scheduler carries and never interprets (parameters, bodies, outputs), as its text. Equal when the text is.
/// </summary>
/// <param name="Raw">Valid JSON, checked where it entered the process.</param>
public readonly record struct JsonText(string Raw)
{
    /// <inheritdoc />
    public override string ToString() => Raw;
}
