using System.Diagnostics;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>The built executable, as a shell would call it.</summary>
internal static class Hasharp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "hasharp");

    public sealed record Result(int ExitCode, string Output, string Errors);

    public static Task<Result> Run(params string[] arguments) => Finish(Start(Path, arguments));

    /// <summary>As the user nobody, whom nothing is permitted.</summary>
    public static Task<Result> RunAsNobody(params string[] arguments) => Finish(Start(
        "setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", Path, .. arguments]));

    public static Process Start(string program, string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    public static async Task<Result> Finish(Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Patience);
            return new Result(process.ExitCode, await output, await errors);
        }
    }
}
