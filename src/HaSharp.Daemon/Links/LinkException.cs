namespace HaSharp.Daemon.Links;

/// <summary>A link cannot be opened now. The message is one sentence for people, without a full stop.</summary>
public sealed class LinkException : Exception
{
    public LinkException()
    {
    }

    public LinkException(string message)
        : base(message)
    {
    }

    public LinkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
