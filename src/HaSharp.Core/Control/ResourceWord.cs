// How an operator names a resource: by its word in haresources, or, where several groups have that word, as group/word.
// The idea: nothing is taken apart, because groups and words hold slashes themselves; what fits is compared as a whole.
// Invariant: a full name means one resource at most, because groups are named differently.

namespace HaSharp.Core.Control;

public static class ResourceWord
{
    /// <param name="asked">What the operator wrote.</param>
    public static bool Means(string asked, string group, string resource) =>
        asked == resource || asked == Full(group, resource);

    public static string Full(string group, string resource) => $"{group}/{resource}";
}
