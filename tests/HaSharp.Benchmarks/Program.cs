// Measures what the project promises and prints one table. Parts can be named; without arguments all run but the soak.

using HaSharp.Benchmarks;

return Bench.Run(args);
