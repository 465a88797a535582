// Reads authkeys (spec 3.1), as bytes: a secret is whatever stands between two blanks.
// The idea: what could be a secret is never quoted, also where it is out of place; a finding says where it stands.
// Invariant: each key number comes out once, and the active one is among them.

using System.Text;

namespace HaSharp.Core.Config;

internal sealed class AuthKeysReader(ProblemList problems)
{
    private const int ReadableByOthers = 0b000_100_100;
    private const int WritableByOthers = 0b000_010_010;

    private static readonly string[] Methods = ["crc", "md5", "sha1", "sha256"];

    private readonly SortedDictionary<int, (AuthKey Key, Word At)> keys = [];
    private readonly HashSet<int> refused = [];
    private (int Number, Word At)? active;

    /// <summary>The keys in the order of their numbers; only to be used when the list holds no error.</summary>
    public static AuthKeys Read(ReadOnlySpan<byte> bytes, int? mode, ProblemList problems)
    {
        CheckMode(mode, problems);
        var reader = new AuthKeysReader(problems);
        for (var number = 1; bytes.Length > 0; number++)
        {
            var newline = bytes.IndexOf((byte)'\n');
            var end = newline < 0 ? bytes.Length : newline;
            reader.ReadLine(bytes[..end], number);
            bytes = bytes[(newline < 0 ? end : end + 1)..];
        }

        return reader.Complete();
    }

    /// <summary>Refused when others can read it. Write bits are heartbeat's blind spot: a warning.</summary>
    private static void CheckMode(int? mode, ProblemList problems)
    {
        var octal = Convert.ToString(mode.GetValueOrDefault(), 8).PadLeft(4, '0');
        if ((mode & ReadableByOthers) > 0)
        {
            problems.Error(
                $"others can read the keys: its mode is {octal}; run \"chmod 600 authkeys\", and change the keys");
        }
        else if ((mode & WritableByOthers) > 0)
        {
            problems.Warning($"others can write the keys: its mode is {octal}; run \"chmod 600 authkeys\"");
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number)
    {
        if (line.Length > ConfigLimits.LineBytes)
        {
            problems.Error(
                new("", number, ConfigLimits.LineBytes), $"the line is longer than {ConfigLimits.LineBytes} bytes");
            return;
        }

        var words = new List<Range>();
        for (var at = 0; at < line.Length;)
        {
            var length = line[at..].IndexOfAny(" \t\r\v\f"u8);
            length = length < 0 ? line.Length - at : length;
            if (length > 0 && line[at] == '#')
            {
                break;
            }

            if (length > 0)
            {
                words.Add(at..(at + length));
            }

            at += length + 1;
        }

        if (words.Count == 0)
        {
            return;
        }

        if (line[words[0]][0] == 'a')
        {
            ReadActive(line, words, number);
        }
        else
        {
            ReadKey(line, words, number);
        }
    }

    private void ReadActive(ReadOnlySpan<byte> line, List<Range> words, int number)
    {
        var at = At(line, words[0], number);
        if (at.Text != "auth" || words.Count != 2 || KeyNumber(At(line, words[1], number)) is not { } chosen)
        {
            problems.Error(
                at, $"a line that begins with a must be \"auth NUMBER\", a number from 0 to {ConfigLimits.KeyNumber}");
            return;
        }

        if (active is { } earlier)
        {
            problems.Warning(at, $"auth is given twice, first in line {earlier.At.Line}; the last one counts");
        }

        active = (chosen, at);
    }

    private void ReadKey(ReadOnlySpan<byte> line, List<Range> words, int number)
    {
        var at = At(line, words[0], number);
        if (KeyNumber(at) is not { } key)
        {
            problems.Error(at, at.IsNumber(out _)
                ? $"key number {at.Text} is not from 0 to {ConfigLimits.KeyNumber}"
                : "a line is \"auth NUMBER\" or \"NUMBER METHOD SECRET\", "
                    + $"the number from 0 to {ConfigLimits.KeyNumber}");
            return;
        }

        var method = words.Count > 1 ? At(line, words[1], number) : at;
        var secret = words.Count > 2 ? line[words[2]].ToArray() : [];
        if (Method(key, words.Count > 1 ? method.Text : "", method) is { } known
            && CheckSecret(key, known, method, secret.Length > 0))
        {
            Add(new(key, known, secret), at);
            if (words.Count > 3)
            {
                problems.Warning(
                    At(line, words[3], number), $"key {key}: a secret is one word, so what follows it does not count");
            }
        }
    }

    private AuthMethod? Method(int key, string word, Word at)
    {
        AuthMethod? method = word switch
        {
            "crc" => AuthMethod.Crc,
            "md5" => AuthMethod.Md5,
            "sha1" => AuthMethod.Sha1,
            "sha256" => AuthMethod.Sha256,
            _ => null,
        };
        if (method is null)
        {
            problems.Error(at, $"key {key} needs a method after its number: {string.Join(", ", Methods)}"
                + NearMiss.Suggest(word, Methods));
            refused.Add(key);
        }

        return method;
    }

    private bool CheckSecret(int key, AuthMethod method, Word at, bool hasSecret)
    {
        if (method == AuthMethod.Crc && hasSecret)
        {
            problems.Error(at, $"key {key}: crc has no secret; delete it, or use sha256");
            refused.Add(key);
            return false;
        }

        if (method != AuthMethod.Crc && !hasSecret)
        {
            problems.Error(at, $"key {key}: {at.Text} needs a secret, one word that does not begin with #");
            refused.Add(key);
            return false;
        }

        return true;
    }

    private void Add(AuthKey key, Word at)
    {
        if (keys.TryGetValue(key.Number, out var earlier))
        {
            problems.Warning(
                at, $"key {key.Number} is given twice, first in line {earlier.At.Line}; the last one counts");
        }

        keys[key.Number] = (key, at);
    }

    private AuthKeys Complete()
    {
        if (active is not { } chosen)
        {
            problems.Error("no line \"auth NUMBER\" says which key signs; add one, with the same number on all nodes");
        }
        else if (!keys.ContainsKey(chosen.Number) && !refused.Contains(chosen.Number))
        {
            problems.Error(
                chosen.At, $"there is no key {chosen.Number}; add a line \"{chosen.Number} sha256 SECRET\"");
        }

        foreach (var (key, at) in keys.Values.Where(k => k.Key.Method == AuthMethod.Crc))
        {
            problems.Warning(at, active?.Number == key.Number
                ? $"key {key.Number} is crc: no authentication, so whoever sends packets can command us; use sha256"
                : $"key {key.Number} is crc: packets that name it are accepted from anybody; delete it");
        }

        return new(active?.Number ?? 0, [.. keys.Values.Select(k => k.Key)]);
    }

    private static int? KeyNumber(Word word)
        => word.IsNumber(out var number) && number <= ConfigLimits.KeyNumber ? number : null;

    private static Word At(ReadOnlySpan<byte> line, Range range, int number)
        => new(Encoding.Latin1.GetString(line[range]), number, range.Start.Value + 1);
}
