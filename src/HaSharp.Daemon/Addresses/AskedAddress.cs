// Which address the neighbours are asked about: an OCF agent gets it in other words than the built-in code.
// The idea: its parameters say the same as the one argument of IPaddr, so they are put into that form and read as ever.
// Invariant: what cannot be read is not asked about, and the survey of the agents says so.

using HaSharp.Core.Config;

namespace HaSharp.Daemon.Addresses;

/// <summary>The address of a resource that is one (Resource.IsAddress), whatever agent runs it.</summary>
public static class AskedAddress
{
    private const string OcfPrefix = "ocf:";

    /// <summary>Null: what it stands for cannot be told from its arguments.</summary>
    public static VirtualAddress? Read(Resource resource) => VirtualAddress.TryParse(
        resource.Type.StartsWith(OcfPrefix, StringComparison.Ordinal) ? [ArgumentOf(resource)] : resource.Arguments,
        out VirtualAddress? address,
        out _) ? address : null;

    /// <summary>
    /// Of ocf:heartbeat:IPaddr2 and IPaddr (ip, cidr_netmask, nic) and IPv6addr (ipv6addr, which may hold the mask).
    /// </summary>
    private static string ArgumentOf(Resource resource)
    {
        string[] address = (ValueOf("ip") ?? ValueOf("ipv6addr") ?? "").Split('/', 2);
        string mask = address.Length > 1 ? address[1] : ValueOf("cidr_netmask") ?? "";
        return string.Join('/', [address[0], mask, .. ValueOf("nic") is { } nic ? new[] { nic } : []]);

        string? ValueOf(string name) => resource.Arguments
            .LastOrDefault(argument => argument.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }
}
