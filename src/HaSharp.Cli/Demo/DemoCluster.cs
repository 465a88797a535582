// The demonstration's configuration: three files in the manner of heartbeat's documentation, and a web server.

using System.Net;

namespace HaSharp.Cli.Demo;

internal static class DemoCluster
{
    public const string Group = "IPaddr::10.77.0.100/24/eth0";
    public static readonly IPAddress Address = IPAddress.Parse("10.77.0.100");

    // Under the name httpd of its own link, so that pidof finds this web server and no other busybox.
    private const string WebServer = """
        #!/bin/sh
        # webserver start|stop|status: busybox httpd on port 80. Its page says on which node it runs.
        home=$(dirname "$0")/../www
        case $1 in
        start)
            busybox pidof httpd >/dev/null && exit 0
            ln -sf "$(command -v busybox)" "$home/httpd"
            exec "$home/httpd" -p 80 -h "$home/pages"
            ;;
        stop)
            for pid in $(busybox pidof httpd); do
                kill "$pid" 2>/dev/null
                while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
            done
            ;;
        status)
            if busybox pidof httpd >/dev/null; then echo running; else echo stopped; fi
            ;;
        *)
            echo "usage: webserver start|stop|status" >&2
            exit 2
            ;;
        esac

        """;

    public static LabFiles Files { get; } = new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2),
        Haresources = $"node1 {Group} webserver\n",
        Agents = new SortedDictionary<string, string> { ["webserver"] = WebServer },
    };

    /// <summary>The page of each node's web server.</summary>
    public static void WritePages(Lab lab)
    {
        foreach (var node in lab.Nodes)
        {
            var pages = Directory.CreateDirectory(Path.Combine(node.HaDirectory, "www", "pages")).FullName;
            File.WriteAllText(Path.Combine(pages, "index.html"), $"This page comes from {node.Name}\n");
        }
    }
}
