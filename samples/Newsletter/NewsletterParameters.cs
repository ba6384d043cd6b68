using System.ComponentModel.DataAnnotations;

namespace Scheduler.Samples.Newsletter;

/// <summary>What a job of <see cref="SendNewsletter"/> says: <c>{"subject": "…", "recipients": ["…"], "pause": 0.2}</c>.</summary>
public sealed record NewsletterParameters
{
    /// <summary>The subject, at most 200 characters.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Subject { get; init; }

    /// <summary>Addresses, at most 10,000.</summary>
    [Length(1, 10_000)]
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Between two mails, in seconds: 0 to 60.</summary>
    [Range(0, 60)]
    public double Pause { get; init; }
}
