namespace Scheduler.Host.Api.Declaring;

/// <summary>Some members go only with one word of another member: a factor only with an exponential backoff.</summary>
/// <typeparam name="TOwner">What has the members.</typeparam>
/// <param name="Decider">The other member's name.</param>
/// <param name="Word">The word that they go with.</param>
/// <param name="Actual">The word that there is.</param>
internal sealed record Condition<TOwner>(string Decider, string Word, Func<TOwner, string> Actual)
{
    /// <summary>Whether they go with it.</summary>
    public bool Holds(TOwner owner) => Actual(owner) == Word;
}
