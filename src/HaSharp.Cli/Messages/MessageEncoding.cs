// `hasharp message encode [--authkeys FILE] [--out DIR]`: lines of JSON (PacketLine) back into packets.
// The idea: digests are copied as they stand. With keys those that were verified are made anew, so that a line that
// somebody has edited gives a packet that is signed again; an untouched one gives the same bytes in any case.

using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Cli.Messages;

public static class MessageEncoding
{
    /// <summary>Reads lines to the end. The result is the exit code: 0, or 1 when any line gave no packet.</summary>
    /// <param name="keys">What verified digests are made with; null: all are copied.</param>
    /// <param name="directory">Each packet gets a file here, named like the line's; null: all go to output.</param>
    /// <param name="errors">Gets a sentence for each line that gave no packet.</param>
    public static int Run(TextReader lines, AuthKeys? keys, string? directory, Stream output, TextWriter errors)
    {
        Authenticator? authenticator = keys is null ? null : new Authenticator(keys);
        var written = new HashSet<string>(StringComparer.Ordinal);
        int exitCode = ExitCode.Done;
        int number = 0;
        while (lines.ReadLine() is { } text)
        {
            number++;
            try
            {
                PacketLine line = PacketLine.Parse(text);
                byte[] packet = Encode(line, authenticator);
                if (directory is null)
                {
                    output.Write(packet);
                }
                else
                {
                    File.WriteAllBytes(Place(line.File, directory, written), packet);
                }
            }
            catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
            {
                errors.WriteLine($"line {number}: {wrong.Message}");
                exitCode = ExitCode.Failed;
            }
        }

        return exitCode;
    }

    // Two recordings may have files of one name: the second must not silently replace the first.
    private static string Place(string file, string directory, HashSet<string> written)
    {
        string name = Path.GetFileName(file);
        if (name.Length == 0 || name is "." or ".." || !written.Add(name))
        {
            throw new FormatException($"\"{file}\" names no file of its own in {directory}");
        }

        Directory.CreateDirectory(directory);
        return Path.Combine(directory, name);
    }

    private static byte[] Encode(PacketLine line, Authenticator? authenticator)
    {
        if (line.Raw is { } raw)
        {
            return raw;
        }

        Message message = line.Inner == DigestCheck.Verified && authenticator is not null
            ? SignInside(line.Message, authenticator)
            : line.Message;
        byte[] digest = line.Digest;
        if (line.Framing == Framing.Netstring && line.Outer != DigestCheck.Missing)
        {
            byte[] signed = Inspection.Write(message, Framing.Netstring, digest: default);
            digest = Digest(signed, digest, line.Outer == DigestCheck.Verified, authenticator);
        }

        byte[] packet = Inspection.Write(message, line.Framing, digest);
        return [.. Enumerable.Repeat((byte)'\n', line.Leading), .. packet, .. line.Trailing];
    }

    // The message with the field auth made anew, where it stands.
    private static Message SignInside(Message message, Authenticator authenticator)
    {
        string given = message.Text(FieldNames.Auth) ?? "";
        byte[] digest = Digest(Inspection.InnerBytes(message), Encoding.UTF8.GetBytes(given), true, authenticator);
        var signed = new Message();
        foreach (Field field in message.Fields)
        {
            bool isAuth = field.Name == FieldNames.Auth;
            signed.Add(field.Name, field.Type, isAuth ? digest : field.Value);
        }

        return given.Length == 0 ? signed.Add(FieldNames.Auth, FieldType.Text, digest) : signed;
    }

    // With the key that the given digest names; without one, with the active key.
    private static byte[] Digest(byte[] signed, byte[] given, bool isToBeMade, Authenticator? authenticator)
    {
        if (given.Length > 0 && (!isToBeMade || authenticator is null))
        {
            return given;
        }

        if (authenticator is null)
        {
            throw new FormatException("the line has no digest, and without --authkeys none can be made");
        }

        Span<byte> text = stackalloc byte[Authenticator.MaxTextLength];
        int length = Authenticator.TryReadNumber(given, out int number) && authenticator.Knows(number)
            ? authenticator.Sign(number, signed, text)
            : authenticator.Sign(signed, text);
        return text[..length].ToArray();
    }
}
