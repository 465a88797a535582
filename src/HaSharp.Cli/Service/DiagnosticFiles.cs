// The runtime opens a socket and two pipes for its debuggers in the directory for temporary files, and removes them
// when the process ends by itself; after a kill -9 they would stay for ever. DOTNET_EnableDiagnostics=0, which the unit
// sets, prevents them, but no setting of the program does (runtimeconfig.json has none): a daemon started by hand
// removes their names as soon as it runs. Nobody can attach to it then, which is as in the unit.

namespace HaSharp.Cli.Service;

internal static class DiagnosticFiles
{
    private static readonly string[] Names = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    public static void Remove()
    {
        foreach (string name in Names)
        {
            try
            {
                foreach (string file in Directory.EnumerateFiles(
                    Path.GetTempPath(), FormattableString.Invariant($"{name}{Environment.ProcessId}-*")))
                {
                    File.Delete(file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // They only lie about.
            }
        }
    }
}
