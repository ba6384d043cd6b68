using System.Buffers;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Execution;
using Scheduler.Host.Api.Declaring;

namespace Scheduler.Host.Api.Definition;

/// <summary>Kinds of values that more than one kind of target has.</summary>
internal static class TargetKinds
{
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>JSON with placeholders.</summary>
    public static Kind<JsonText> JsonWithPlaceholders { get; } = Kinds.Any.Where(json => Refused(Placeholders.Unknown(json)));

    /// <summary>Text with placeholders.</summary>
    /// <param name="most">How many characters it may have.</param>
    public static Kind<string> TextWithPlaceholders(int? most = null) => Kinds.Text(most).Where(text => Refused(Placeholders.Unknown(text)));

    /// <summary>What is said of placeholders that there are not.</summary>
    public static IEnumerable<string> Refused(IReadOnlyList<string> unknown) => unknown.Select(placeholder =>
        $"has {{{{{placeholder}}}}}, which is no placeholder that can stand there; known, in values: {string.Join(", ", Placeholders.Names.Select(n => $"{{{{{n}}}}}"))}");

    /// <summary>Whether it is the name of an HTTP field.</summary>
    public static bool IsFieldName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token);
}
