namespace HaSharp.Daemon.Tests.Control;

/// <summary>Files of a cluster that touches nothing: two nodes on lo, no resources.</summary>
internal static class SampleFiles
{
    public static void Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "ha.cf"), """
            keepalive 200ms
            deadtime 20
            initdead 20
            udpport 27694
            ucast lo 127.0.0.2
            node alpha bravo
            realtime off

            """);
        File.WriteAllText(Path.Combine(directory, "haresources"), "");
        string keys = Path.Combine(directory, "authkeys");
        File.WriteAllText(keys, "auth 1\n1 sha256 secret\n");
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
