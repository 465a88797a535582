using System.Collections.Concurrent;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Host;

namespace HaSharp.Daemon.Tests.Host;

public sealed class StateDirectoryTests : IDisposable
{
    private const long Now = 1_790_000_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_start_seeds_the_generation_with_the_time_of_day()
    {
        DurableState state = Open();

        Assert.Equal(new Generation(Now + 1), state.Generation);
        Assert.Equal("     1790000001\n", Read(StateDirectory.GenerationFile));
        Assert.Empty(state.Messages);
    }

    [Fact]
    public void Each_start_raises_heartbeats_file_of_16_bytes_by_one()
    {
        Write(StateDirectory.GenerationFile, "           4711\n");

        Assert.Equal(new Generation(4712), Open().Generation);
        Assert.Equal(new Generation(4713), Open().Generation);
        Assert.Equal("           4713\n", Read(StateDirectory.GenerationFile));
    }

    [Theory]
    [InlineData("     1790000005\n", Now + 6)]
    [InlineData("           4711\n", Now + 1)]
    [InlineData("rubbish", Now + 1)]
    public void A_node_that_ran_heartbeat_goes_on_above_its_generation_and_keeps_its_uuid(string before, long expected)
    {
        byte[] uuid = [.. Enumerable.Range(1, 16).Select(number => (byte)number)];
        string heartbeats = Path.Combine(_directory.Path, "heartbeat");
        Directory.CreateDirectory(heartbeats);
        File.WriteAllText(Path.Combine(heartbeats, "hb_generation"), before);
        File.WriteAllBytes(Path.Combine(heartbeats, "hb_uuid"), uuid);
        var ours = new StateDirectory(Path.Combine(_directory.Path, "hasharp"));

        Assert.True(ours.TryOpen(Now, out DurableState? state, out _));
        Assert.Equal(new Generation(expected), state.Generation);
        Assert.Equal(uuid, state.Uuid.ToArray());
        Assert.True(ours.TryOpen(Now, out state, out _));
        Assert.Equal(new Generation(expected + 1), state.Generation);
        Assert.Equal(uuid, state.Uuid.ToArray());

        // heartbeat, come back, goes on above what the peers have heard from us.
        string kept = File.ReadAllText(Path.Combine(heartbeats, "hb_generation"));
        Assert.Equal($"{expected + 1,15}\n", kept);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("rubbish")]
    [InlineData("             -5\n")]
    [InlineData("              0\n")]
    [InlineData("999999999999999\n")]
    [InlineData("99999999999999999999999999\n")]
    [InlineData("           4711\n4712")]
    public void A_broken_generation_starts_again_from_the_time_of_day(string content)
    {
        Write(StateDirectory.GenerationFile, content);

        DurableState state = Open();

        Assert.Equal(new Generation(Now + 1), state.Generation);
        Assert.Equal("     1790000001\n", Read(StateDirectory.GenerationFile));
        Assert.Contains("hb_generation is broken", Assert.Single(state.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void The_uuid_is_made_once_and_kept_for_root_alone()
    {
        byte[] first = Open().Uuid.ToArray();

        Assert.Equal(16, first.Length);
        Assert.Equal(first, Open().Uuid.ToArray());
        Assert.Equal(first, File.ReadAllBytes(_directory.File("state/hb_uuid")));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("state/hb_uuid")));
    }

    [Fact]
    public void A_short_uuid_is_replaced_and_reported()
    {
        Write(StateDirectory.UuidFile, "short");

        DurableState state = Open();

        Assert.Contains("too short", Assert.Single(state.Messages), StringComparison.Ordinal);
        Assert.Equal(state.Uuid.ToArray(), File.ReadAllBytes(_directory.File("state/hb_uuid")));
    }

    [Fact]
    public void The_directory_is_made_with_mode_0755()
    {
        Open();

        Assert.Equal((UnixFileMode)Convert.ToInt32("755", 8), File.GetUnixFileMode(_directory.File("state")));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_one_clear_sentence()
    {
        File.WriteAllText(_directory.File("file"), "");

        bool opened = new StateDirectory(_directory.File("file/state")).TryOpen(Now, out _, out string? trouble);

        Assert.False(opened);
        Assert.StartsWith("cannot keep the generation in ", trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_an_error_because_the_generation_must_be_durable()
    {
        Directory.CreateDirectory(_directory.File("state"));
        File.CreateSymbolicLink(_directory.File("state/hb_generation"), "/dev/full");

        bool opened = new StateDirectory(_directory.File("state")).TryOpen(Now, out _, out string? trouble);

        Assert.False(opened);
        Assert.Contains("No space left", trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_are_found_again_at_the_next_start()
    {
        ReplayMark[] marks =
        [
            new(new NodeName("alpha"), new Generation(1_790_000_001), 77),
            new(new NodeName("bravo"), new Generation(5), long.MaxValue),
        ];
        Open();
        using (PeerMarksWriter writer = new(new StateDirectory(_directory.File("state")).PeersPath, Assert.Fail))
        {
            writer.Remember([]);
            writer.Remember(marks);
        }

        Assert.Equal(marks, Open().Marks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alpha 1 2\n")]
    [InlineData("alpha 1 3\nsum 0011223344556677\n")]
    [InlineData("\0\0\0\0")]
    public void Garbage_in_the_peers_file_is_no_marks_and_one_message(string content)
    {
        Write(StateDirectory.PeersFile, content);

        DurableState state = Open();

        Assert.Empty(state.Marks);
        Assert.Contains("peers is broken and ignored", Assert.Single(state.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void No_torn_or_altered_peers_file_passes()
    {
        string whole = PeerMarks.Format([new(new NodeName("alpha"), new Generation(12), 345)]);

        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(PeerMarks.Parse(whole[..length]));
        }

        for (int at = 0; at < whole.Length; at++)
        {
            Assert.Null(PeerMarks.Parse(string.Concat(whole.AsSpan(0, at), "x", whole.AsSpan(at + 1))));
        }
    }

    [Fact]
    public void An_endless_peers_file_is_not_read()
    {
        Write(StateDirectory.PeersFile, new string('a', 70_000));

        Assert.Single(Open().Messages);
    }

    [Fact]
    public void The_peers_file_has_a_bound()
    {
        ReplayMark[] many = [.. Enumerable.Range(0, 200)
            .Select(i => new ReplayMark(new NodeName($"node{i}"), new Generation(i + 1), i))];

        Assert.Equal(PeerMarks.MarkLimit, PeerMarks.Parse(PeerMarks.Format(many))!.Count);
    }

    [Fact]
    public void Marks_that_cannot_be_written_are_reported_once_and_nothing_else_happens()
    {
        List<string> reports = [];
        using (PeerMarksWriter writer = new("/dev/full/peers", reports.Add))
        {
            writer.Remember([new(new NodeName("alpha"), new Generation(1), 2)]);
        }

        Assert.StartsWith("cannot write /dev/full/peers", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_that_could_not_be_written_completely_do_not_cost_those_before()
    {
        ReplayMark[] marks = [new(new NodeName("alpha"), new Generation(1_790_000_001), 77)];
        Open();
        string peers = new StateDirectory(_directory.File("state")).PeersPath;
        using (PeerMarksWriter writer = new(peers, Assert.Fail))
        {
            writer.Remember(marks);
        }

        // As a power cut in the middle of a write would leave it: what is written does not reach the disk.
        File.CreateSymbolicLink(peers + ".new", "/dev/full");
        List<string> reports = [];
        using (PeerMarksWriter writer = new(peers, reports.Add))
        {
            writer.Remember([]);
        }

        Assert.Single(reports);
        Assert.Equal(marks, Open().Marks);
    }

    [Fact]
    public void What_could_not_be_written_is_written_as_soon_as_the_disk_takes_it()
    {
        string folder = _directory.File("later");
        using BlockingCollection<string> reports = [];
        using (BackgroundFile file = new(Path.Combine(folder, "kept"), TimeSpan.Zero, "lost", reports.Add))
        {
            file.Put(() => Encoding.UTF8.GetBytes("maintenance on"));
            Assert.Contains("lost", reports.Take(), StringComparison.Ordinal);
            Directory.CreateDirectory(folder);
            Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(folder, "kept")), TimeSpan.FromSeconds(30)));
        }

        Assert.Equal("maintenance on", File.ReadAllText(Path.Combine(folder, "kept")));
    }

    [Fact]
    public void What_the_core_keeps_is_found_again_at_the_next_start_and_readable_by_root_alone()
    {
        Assert.Equal("", Open().Kept);
        string path = new StateDirectory(_directory.File("state")).KeptPath;
        using (BackgroundFile file = new(path, TimeSpan.Zero, "", Assert.Fail))
        {
            file.Put(() => Encoding.UTF8.GetBytes("maintenance on"));
            file.Put(() => Encoding.UTF8.GetBytes("maintenance web until 12:00 – ende\n"));
        }

        Assert.Equal("maintenance web until 12:00 – ende\n", Open().Kept);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Empty(Open().Messages);
    }

    [Fact]
    public void A_kept_file_that_is_too_long_or_no_text_is_ignored_with_one_message()
    {
        Write(StateDirectory.KeptFile, new string('x', StateDirectory.KeptLimit));
        Assert.Equal(StateDirectory.KeptLimit, Open().Kept.Length);

        Write(StateDirectory.KeptFile, new string('x', StateDirectory.KeptLimit + 1));
        DurableState state = Open();
        Assert.Equal("", state.Kept);
        Assert.Contains("kept is longer than", Assert.Single(state.Messages), StringComparison.Ordinal);

        File.WriteAllBytes(_directory.File("state/kept"), [0xFF, 0xFE]);
        state = Open();
        Assert.Equal("", state.Kept);
        Assert.Contains("kept cannot be read", Assert.Single(state.Messages), StringComparison.Ordinal);
    }

    private DurableState Open()
    {
        StateDirectory directory = new(_directory.File("state"));
        bool opened = directory.TryOpen(Now, out DurableState? state, out string? trouble);
        Assert.True(opened, trouble);
        return state!;
    }

    private string Read(string name) => File.ReadAllText(_directory.File($"state/{name}"));

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(_directory.File("state"));
        File.WriteAllBytes(_directory.File($"state/{name}"), Encoding.ASCII.GetBytes(content));
    }
}
