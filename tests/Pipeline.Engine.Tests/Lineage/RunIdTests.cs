using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;

namespace Pipeline.Engine.Tests.Lineage;

public sealed class RunIdTests
{
    [Fact]
    public void The_id_of_a_run_follows_from_its_name_and_its_step()
    {
        var id = OpenLineageEvents.RunId("20260101-000000-000abcd", "clean");
        Assert.Equal(id, OpenLineageEvents.RunId("20260101-000000-000abcd", "clean"));
        Assert.NotEqual(id, OpenLineageEvents.RunId("20260101-000000-000abcd", null));
        Assert.Equal(8, id.Version);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id.ToString());
    }

    [Theory]
    [InlineData("https://me:secret@example.org/a/b.git", "https://example.org/a/b")]
    [InlineData("https://token@example.org/a/b?key=secret", "https://example.org/a/b")]
    [InlineData("git@example.org:a/b.git", "https://example.org/a/b")]
    [InlineData("ssh://git@example.org:2222/a/b.git", "ssh://example.org:2222/a/b")]
    [InlineData("not an address", null)]
    public void The_address_of_a_repository_is_told_without_who_may_open_it(string remote, string? expected) => Assert.Equal(expected, GitState.WithoutCredentials(remote));
}
