// A real nginx on each node, with configuration and pid file of the node's own.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

internal static class Nginx
{
    public const string Haresources = $"node1 {Stage.Address} nginx\n";

    private const string Agent = """
        #!/bin/sh
        # nginx with this node's own configuration.
        pid=/run/nginx.pid
        running() {
            [ -s $pid ] && kill -0 "$(cat $pid)" 2> /dev/null
        }
        case $1 in
            start) running || exec nginx -e /run/nginx.error -c "$HA_DIR/nginx.conf" ;;
            stop)
                ! running || kill "$(cat $pid)"
                while running; do sleep 0.05; done
                ;;
            status) if running; then echo running; else echo stopped; fi ;;
        esac

        """;

    public static IReadOnlyDictionary<string, string> Agents { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["nginx"] = Agent };

    public static void Configure(LabNode node) => File.WriteAllText(ConfigurationOf(node), $$"""
        pid /run/nginx.pid;
        error_log /run/nginx.error;
        worker_processes 1;
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path /run/nginx-body;
            server { listen 80; location / { return 200 "this is {{node.Name}}\n"; } }
        }

        """);

    public static void Break(LabNode node) => File.AppendAllText(ConfigurationOf(node), "no_such_directive on;\n");

    /// <summary>A stage whose nodes both can run nginx.</summary>
    public static Stage Ready(string haCf, string haresources = Haresources, string? timing = null)
    {
        var agents = new SortedDictionary<string, string>(Agents.ToDictionary(), StringComparer.Ordinal)
        {
            ["moody"] = Moody.Agent,
        };
        var stage = timing is null
            ? new Stage(haresources, haCf, agents)
            : new Stage(haresources, haCf, agents, timing);
        foreach (var node in stage.Cluster.Lab.Nodes)
        {
            Configure(node);
        }

        return stage;
    }

    public static string Master(Stage stage, int number) => stage.Shell(number, "cat /run/nginx.pid");

    public static bool Runs(Stage stage, int number) =>
        stage.Holds(number, "[ -s /run/nginx.pid ] && kill -0 $(cat /run/nginx.pid)");

    /// <summary>All of it at once: workers without their master would keep the port.</summary>
    public static void Kill(Stage stage, int number) => stage.Shell(
        number, "p=$(cat /run/nginx.pid) && kill -9 $p $(cat /proc/$p/task/$p/children)");

    public static bool Answers(HttpProbe client, string who) =>
        client.Log.Latest is { } latest && latest.Who == who && Clock.Now - latest.At < TimeSpan.FromMilliseconds(200);

    private static string ConfigurationOf(LabNode node) => Path.Combine(node.HaDirectory, "nginx.conf");
}
