// Numbers of the Linux kernel's interface (the same on every architecture that .NET runs on).

namespace HaSharp.Daemon.Native;

internal static class Linux
{
    internal const int AfInet = 2;
    internal const int AfInet6 = 10;
    internal const int AfNetlink = 16;
    internal const int AfPacket = 17;

    internal const int OpenCloexec = 0x80000;

    internal const int SockDgram = 2;
    internal const int SockRaw = 3;
    internal const int SockNonblock = 0x800;
    internal const int SockCloexec = 0x80000;

    internal const int SolSocket = 1;
    internal const int SoReuseAddr = 2;
    internal const int SoDontRoute = 5;
    internal const int SoBroadcast = 6;
    internal const int SoReceiveBuffer = 8;
    internal const int SoPriority = 12;
    internal const int SoReusePort = 15;
    internal const int SoReceiveTimeout = 20;
    internal const int SoBindToDevice = 25;
    internal const int SoReceiveBufferForce = 33;

    internal const int IpprotoIp = 0;
    internal const int IpprotoIcmp = 1;
    internal const int IpprotoIcmpv6 = 58;
    internal const int SolRaw = 255;
    internal const int IpTos = 1;
    internal const int IpMulticastIf = 32;
    internal const int IpMulticastTtl = 33;
    internal const int IpMulticastLoop = 34;
    internal const int IpAddMembership = 35;
    internal const int IpMulticastAll = 49;

    internal const int IpprotoIpv6 = 41;
    internal const int Ipv6MulticastIf = 17;
    internal const int Ipv6MulticastHops = 18;
    internal const int Ipv6MulticastLoop = 19;
    internal const int Ipv6JoinGroup = 20;
    internal const int Ipv6Only = 26;
    internal const int Ipv6MulticastAll = 29;
    internal const int Ipv6TrafficClass = 67;

    /// <summary>ICMP_FILTER and ICMPV6_FILTER have the same number.</summary>
    internal const int IcmpFilter = 1;
    internal const int IcmpEchoReply = 0;
    internal const int IcmpEchoRequest = 8;
    internal const int Icmpv6EchoRequest = 128;
    internal const int Icmpv6EchoReply = 129;

    internal const int MsgTrunc = 0x20;
    internal const int MsgDontWait = 0x40;
    internal const int MsgNoSignal = 0x4000;

    internal const int Eperm = 1;
    internal const int Eintr = 4;
    internal const int Ebadf = 9;
    internal const int Eagain = 11;
    internal const int Eacces = 13;
    internal const int Eexist = 17;
    internal const int Enodev = 19;
    internal const int Eaddrinuse = 98;
    internal const int Eaddrnotavail = 99;
    internal const int Enetunreach = 101;
    internal const int Enobufs = 105;

    /// <summary>net_device flags.</summary>
    internal const uint IffUp = 0x1;
    internal const uint IffLoopback = 0x8;
    internal const uint IffNoArp = 0x80;
    internal const uint IffLowerUp = 0x10000;

    /// <summary>Address flags.</summary>
    internal const uint IfaSecondary = 0x01;
    internal const uint IfaNoDad = 0x02;
    internal const uint IfaDadFailed = 0x08;
    internal const uint IfaTentative = 0x40;

    /// <summary>The interface lo of every network namespace.</summary>
    internal const int LoopbackIndex = 1;

    internal const int EtherTypeArp = 0x0806;
    internal const int EtherTypeIpv6 = 0x86DD;
}
