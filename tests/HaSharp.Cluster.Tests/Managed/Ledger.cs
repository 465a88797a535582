// A client of a database behind the address: writes one row after the other, notes which the database has confirmed,
// and looks for each of them again later.

using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

internal sealed class Ledger : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<long> _confirmed = [];
    private readonly Machine _machine;
    private readonly string _address;
    private readonly Thread _thread;
    private long _asked;
    private volatile bool _ending;

    public Ledger(Machine machine, string address)
    {
        _machine = machine;
        _address = address;
        _thread = new Thread(Write) { IsBackground = true, Name = "ledger" };
        _thread.Start();
    }

    /// <summary>How many rows the database has confirmed.</summary>
    public int Confirmed
    {
        get
        {
            lock (_lock)
            {
                return _confirmed.Count;
            }
        }
    }

    public static ToolResult Query(Machine machine, string address, string statement, TimeSpan? patience = null) =>
        machine.Run(
            [
                "mariadb", "--no-defaults", "--skip-column-names", "--batch", "--connect-timeout=2", "-h", address,
                "-u", "root", "-e", statement,
            ],
            deadline: patience);

    /// <summary>What is wrong with the table, compared with what was confirmed; empty when nothing.</summary>
    public string Compare()
    {
        List<long> confirmed;
        lock (_lock)
        {
            confirmed = [.. _confirmed];
        }

        var said = Query(_machine, _address, "select number, word from ledger.rows order by number");
        if (said.ExitCode != 0)
        {
            return said.Said;
        }

        var rows = said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\t'))
            .ToDictionary(static row => long.Parse(row[0], CultureInfo.InvariantCulture), static row => row[1]);
        var lost = confirmed.Where(number => !rows.ContainsKey(number)).ToList();
        var asked = Interlocked.Read(ref _asked);
        var strange = rows.Where(row => row.Value != WordOf(row.Key) || row.Key > asked).ToList();
        return lost.Count + strange.Count == 0
            ? ""
            : $"of {confirmed.Count} rows lost: {string.Join(' ', lost)}; never written: {string.Join(' ', strange)}";
    }

    public void Dispose()
    {
        _ending = true;
        _thread.Join();
    }

    private void Write()
    {
        while (!_ending)
        {
            var number = Interlocked.Increment(ref _asked);
            var insert = FormattableString.Invariant(
                $"insert into ledger.rows values ({number}, '{WordOf(number)}')");
            if (Query(_machine, _address, insert, Patience).ExitCode == 0)
            {
                lock (_lock)
                {
                    _confirmed.Add(number);
                }
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Not a number that a database might make up itself.</summary>
    private static string WordOf(long number) =>
        (number * 2654435761 % 4294967296).ToString("x8", CultureInfo.InvariantCulture);
}
