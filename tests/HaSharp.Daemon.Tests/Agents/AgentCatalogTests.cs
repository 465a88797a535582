using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents;

public sealed class AgentCatalogTests : IDisposable
{
    private const string Script = "#!/bin/sh\nexit 0\n";

    private readonly TemporaryDirectory _directory = TemporaryDirectory.ForAgents();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Resource_d_comes_before_the_init_directory_and_that_before_systemd()
    {
        Write("units/web.service");
        AgentLocation.Unit unit = new("/bin/systemctl", "web.service");
        Assert.Equal(unit, Locate("web"));

        string init = _directory.Script("init.d/web", Script);
        Assert.Equal(new AgentLocation.Init(init, unit), Locate("web"));

        string own = _directory.Script("resource.d/web", Script);
        Assert.Equal(new AgentLocation.Script(own), Locate("web"));
    }

    [Fact]
    public void What_is_nowhere_is_said_to_be_nowhere_and_where_was_looked()
    {
        string reason = Assert.IsType<AgentLocation.Missing>(Locate("web")).Reason;

        Assert.Equal(
            $"Cannot locate resource script web; looked in {_directory.File("resource.d")}, "
                + $"{_directory.File("init.d")} and systemd's units",
            reason);
    }

    [Fact]
    public void A_file_that_is_not_executable_is_passed_over_and_named()
    {
        Write("resource.d/web");

        Assert.EndsWith(
            "resource.d/web is not executable (chmod +x)",
            Assert.IsType<AgentLocation.Missing>(Locate("web")).Reason,
            StringComparison.Ordinal);

        string init = _directory.Script("init.d/web", Script);
        Assert.Equal(new AgentLocation.Init(init), Locate("web"));
    }

    [Fact]
    public void A_directory_is_no_agent()
    {
        Directory.CreateDirectory(_directory.File("resource.d/web"));

        Assert.IsType<AgentLocation.Missing>(Locate("web"));
    }

    [Fact]
    public void A_link_is_followed()
    {
        string target = _directory.Script("elsewhere/web", Script);
        Directory.CreateDirectory(_directory.File("resource.d"));
        File.CreateSymbolicLink(_directory.File("resource.d/web"), target);

        Assert.Equal(new AgentLocation.Script(_directory.File("resource.d/web")), Locate("web"));
    }

    [Fact]
    public void A_name_with_a_slash_leads_below_the_directories()
    {
        string script = _directory.Script("resource.d/site/web", Script);

        Assert.Equal(new AgentLocation.Script(script), Locate("site/web"));
        Assert.Equal(new AgentLocation.Script(script), Locate("./site//web"));
        Assert.Equal(new AgentLocation.Script(script), Locate("/site/web"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("site/../../outside")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("../resource.d-too/web")]
    [InlineData("web\0")]
    public void No_name_leads_out_of_the_directories(string name)
    {
        _directory.Script("outside", Script);
        _directory.Script("resource.d/web", Script);
        _directory.Script("resource.d-too/web", Script);

        Assert.IsType<AgentLocation.Missing>(Locate(name));
    }

    [Fact]
    public void An_instance_of_a_template_unit_is_found()
    {
        Write("units/web@.service");

        Assert.Equal(new AgentLocation.Unit("/bin/systemctl", "web@8080.service"), Locate("web@8080"));
        Assert.Equal(new AgentLocation.Unit("/bin/systemctl", "web@8080.service"), Locate("web@8080.service"));
    }

    [Theory]
    [InlineData("IPaddr")]
    [InlineData("IPaddr2")]
    [InlineData("IPv6addr")]
    public void Addresses_are_built_in(string name)
    {
        Assert.IsType<AgentLocation.BuiltIn>(Locate(name));

        _directory.Script($"init.d/{name}", Script);
        Assert.IsType<AgentLocation.BuiltIn>(Locate(name));
    }

    [Theory]
    [InlineData("#!/bin/sh\nexec hasharp agent IPaddr \"$@\"\n")]
    [InlineData("#!/bin/sh\n# wrapper of OCF RA IPaddr\n. /etc/ha.d/resource.d//hto-mapfuncs\nra_execocf $2\n")]
    public void Known_wrappers_do_not_replace_the_built_in_address(string wrapper)
    {
        _directory.Script("resource.d/IPaddr", wrapper);

        Assert.IsType<AgentLocation.BuiltIn>(Locate("IPaddr"));
    }

    [Theory]
    [InlineData("IPaddr")]
    [InlineData("IPaddr2")]
    [InlineData("IPv6addr")]
    public void The_shipped_wrappers_do_not_replace_the_built_in_address(string name)
    {
        _directory.Script($"resource.d/{name}", File.ReadAllText(ServiceScriptTests.Shipped(name)));

        Assert.IsType<AgentLocation.BuiltIn>(Locate(name));
    }

    [Fact]
    public void The_administrators_own_script_replaces_the_built_in_address()
    {
        string own = _directory.Script("resource.d/IPaddr", Script);

        Assert.Equal(new AgentLocation.Script(own), Locate("IPaddr"));
        Assert.IsType<AgentLocation.BuiltIn>(Locate("IPaddr2"));
    }

    private AgentLocation Locate(string name) => new AgentCatalog(new AgentDirectories(
        _directory.File("resource.d"), _directory.File("init.d"), [_directory.File("units")], "/bin/systemctl"))
        .Locate(name);

    private void Write(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File(name))!);
        File.WriteAllText(_directory.File(name), Script);
    }
}
