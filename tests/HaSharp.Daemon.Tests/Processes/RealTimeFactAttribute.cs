using System.Runtime.InteropServices;
using HaSharp.Daemon.Host;

namespace HaSharp.Daemon.Tests.Processes;

/// <summary>A test that needs the right to real-time scheduling; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealTimeFactAttribute : FactAttribute
{
    public RealTimeFactAttribute()
    {
        bool permitted = false;
        int error = 0;
        Thread probe = new(() =>
        {
            permitted = RealTime.RaiseThisThread(1);
            error = Marshal.GetLastPInvokeError();
        });
        probe.Start();
        probe.Join();
        if (!permitted)
        {
            Skip = $"real-time scheduling is not permitted here ({Marshal.GetPInvokeErrorMessage(error)})";
        }
    }
}
