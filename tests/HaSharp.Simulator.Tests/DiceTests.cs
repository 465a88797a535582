namespace HaSharp.Simulator.Tests;

public sealed class DiceTests
{
    [Fact]
    public void A_seed_throws_the_same_for_ever()
    {
        Dice dice = new(12345, 1);
        Assert.Equal(11257008170581756539, dice.Next());
        Assert.Equal(16917887610941343112, dice.Next());
        Assert.Equal(8127044180666159702UL, dice.Next());
    }

    [Fact]
    public void Streams_of_one_seed_differ() => Assert.NotEqual(new Dice(1, 1).Next(), new Dice(1, 2).Next());

    [Fact]
    public void Throws_stay_within_their_bounds_and_reach_them()
    {
        Dice dice = new(1, 1);
        HashSet<int> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            seen.Add(dice.Between(3, 7));
        }

        Assert.Equal([3, 4, 5, 6, 7], seen.Order());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.3, 2700, 3300)]
    [InlineData(1, 10000, 10000)]
    public void Chance_comes_as_often_as_it_should(double probability, int least, int most)
    {
        Dice dice = new(7, 1);
        Assert.InRange(Enumerable.Range(0, 10000).Count(_ => dice.Chance(probability)), least, most);
    }
}
