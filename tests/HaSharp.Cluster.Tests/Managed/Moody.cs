namespace HaSharp.Cluster.Tests.Managed;

/// <summary>An agent that hangs where a file on its node says so, with a real process as its service.</summary>
internal static class Moody
{
    /// <summary>
    /// Runs the process of which /run/moody-NAME.pid tells. Hangs in the actions that /run/moody-NAME.hangs lists.
    /// While there is /run/moody-NAME.stuck, it says that it runs whatever happens.
    /// </summary>
    public const string Agent = """
        #!/bin/sh
        mark=/run/moody-$1
        running() {
            [ -e "$mark.stuck" ] || { [ -s "$mark.pid" ] && kill -0 "$(cat "$mark.pid")" 2> /dev/null; }
        }
        case " $(cat "$mark.hangs" 2> /dev/null) " in
            *" $2 "*)
                sleep 100000 &
                echo $! >> "$mark.sleeps"
                wait
                ;;
        esac
        case $2 in
            start)
                running || {
                    setsid sleep 100000 < /dev/null > /dev/null 2>&1 &
                    echo $! > "$mark.pid"
                }
                ;;
            stop) ! running || kill "$(cat "$mark.pid")" ;;
            status) if running; then echo running; else echo stopped; fi ;;
        esac

        """;

    /// <summary>From now on it hangs in these actions.</summary>
    public static void Hang(Stage stage, int number, string name, string actions) =>
        stage.Shell(number, $"echo {actions} > /run/moody-{name}.hangs");

    /// <summary>From now on it runs whatever happens.</summary>
    public static void Stick(Stage stage, int number, string name) =>
        stage.Shell(number, $"touch /run/moody-{name}.stuck");

    public static void Relent(Stage stage, int number, string name) =>
        stage.Shell(number, $"rm -f /run/moody-{name}.hangs /run/moody-{name}.stuck");

    public static string Process(Stage stage, int number, string name) =>
        stage.Shell(number, $"cat /run/moody-{name}.pid");

    public static bool Runs(Stage stage, int number, string name) =>
        stage.Holds(number, $"kill -0 $(cat /run/moody-{name}.pid)");

    /// <summary>Whether one of the processes in which it hung still lives.</summary>
    public static bool LeftSomething(Stage stage, int number, string name) => stage.Holds(
        number,
        $"for p in $(cat /run/moody-{name}.sleeps 2> /dev/null); do kill -0 $p 2> /dev/null && exit; done; false");
}
