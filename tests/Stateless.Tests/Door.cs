namespace Stateless.Tests;

/// <summary>States for the tests: Locked is meant as a substate of Closed, where a test says so.</summary>
public enum Door
{
    Open,
    Closed,
    Locked,
    House,
}

public enum Push
{
    Shut,
    Pull,
    Turn,
    Knock,
}
