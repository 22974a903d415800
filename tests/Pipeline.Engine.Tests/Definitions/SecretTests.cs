using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class SecretTests
{
    private static string File(string step, string top = "") => $"secrets: {{ hub: {{ env: HF_TOKEN }} }}\n{top}\nsteps:\n  own: {{ uses: shell, with: {{ run: echo, {step} }} }}\n";

    private static readonly ReadOptions Options = new() { Environment = name => name switch { "HF_TOKEN" => "hf_abcdef", "HOME" => "/home/me", _ => null } };

    [Fact]
    public void A_definition_and_its_recipe_hold_the_name_and_never_the_value()
    {
        var step = Reading.Good(File("env: { TOKEN: \"${{ secrets.hub }}\" } }, env: { OTHER: \"${{ secrets.hub }}\""), Options).Step("own");
        Assert.Equal(["hub", "hub"], SecretReference.In(step.With).Concat(SecretReference.In(step.Env)));
        var recipe = new Recipe(step.Type, step.With, [], null, [], step.Env).Json.ToJsonString();
        Assert.DoesNotContain("hf_abcdef", recipe, StringComparison.Ordinal);
        Assert.Contains("""{"TOKEN":{"$secret":{"name":"hub"}}}""", recipe, StringComparison.Ordinal);
        Assert.Equal("hf_abcdef", (string)SecretReference.Fill(step.Env, _ => "hf_abcdef")["OTHER"]!);
    }

    [Fact]
    public void A_text_that_looks_like_a_secret_is_a_text()
    {
        var step = Reading.Good(File("env: { A: \"${{ '${{ secrets.hub }}' }}\", $secret: hub }"), Options).Step("own");
        Assert.Empty(SecretReference.In(step.With));
        Assert.Equal("${{ secrets.hub }}", (string)step.With["env"]!["A"]!);
    }

    [Theory]
    [InlineData("env: { A: \"${{ secrets.hab }}\" }", ProblemCodes.BadSecret)]
    [InlineData("env: { A: \"Bearer ${{ secrets.hub }}\" }", ProblemCodes.BadSecret)]
    [InlineData("outputs: [\"${{ secrets.hub }}\"]", ProblemCodes.BadSecret)]
    public void A_secret_stands_whole_where_one_may_be(string step, string code) => Assert.Equal((code, 4), (Reading.Only(File(step), Options).Code, Reading.Only(File(step), Options).At.Line));

    [Theory]
    [InlineData("secrets: { a: value }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { env: X, file: y } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { vault: x } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { env: } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { env: hf-token } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { A: { env: X } }", ProblemCodes.BadName)]
    [InlineData("secrets: [a]", ProblemCodes.WrongShape)]
    [InlineData("secrets: { a: { keyvault: http://v.vault.azure.net/secrets/x } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { keyvault: https://evil.example/secrets/x } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { keyvault: https://evil.example?.vault.azure.net/secrets/x } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { keyvault: https://me@v.vault.azure.net/secrets/x } }", ProblemCodes.BadSecret)]
    [InlineData("secrets: { a: { keyvault: https://v.vault.azure.net/keys/x } }", ProblemCodes.BadSecret)]
    [InlineData("params: { x: \"${{ secrets.a }}\" }\nsecrets: { a: { env: X } }", ProblemCodes.BadSecret)]
    [InlineData("env: { X: \"${{ secrets.a }}\" }\nsecrets: { a: { env: X } }", ProblemCodes.BadSecret)]
    public void A_wrong_declaration_is_a_problem_at_its_place(string top, string code)
    {
        var problems = Reading.Read($"{top}\nsteps: {{ own: {{ uses: shell, with: {{ run: echo }} }} }}").Problems;
        Assert.Equal((code, 1), (problems[0].Code, problems[0].At.Line));
    }

    [Fact]
    public void Variables_of_the_file_go_to_steps_that_can_have_them_and_a_step_has_the_last_word()
    {
        var definition = Reading.Good("env: { A: 1, B: \"${{ env.HOME }}\" }\nsteps:\n  own: { uses: shell, with: { run: \"echo ${{ env.A }} ${{ env.B }}\" }, env: { A: 2 } }\n  page: { uses: report.html }", Options);
        Assert.Equal("""{"A":"2","B":"/home/me"}""", definition.Step("own").Env.ToJsonString());
        Assert.Equal("echo 1 /home/me", (string)definition.Step("own").With["run"]!);
        Assert.Empty(definition.Step("page").Env);
    }

    [Theory]
    [InlineData("{ uses: report.html, env: { A: b } }", ProblemCodes.BadVariable)]
    [InlineData("{ uses: shell, with: { run: x }, env: { A-B: b } }", ProblemCodes.BadVariable)]
    [InlineData("{ uses: shell, with: { run: x }, env: { IN_A: b } }", ProblemCodes.BadVariable)]
    [InlineData("{ uses: shell, with: { run: x }, env: { PIPELINE_ENGINE: b } }", ProblemCodes.BadVariable)]
    [InlineData("{ uses: shell, with: { run: x }, env: { A: [b] } }", ProblemCodes.WrongType)]
    [InlineData("{ uses: shell, with: { run: x }, env: [A] }", ProblemCodes.WrongType)]
    public void A_wrong_variable_is_one_problem(string step, string code) => Assert.Equal(code, Reading.Only($"steps:\n  own: {step}").Code);

    [Fact]
    public void Variables_are_part_of_the_recipe_and_none_leave_it_as_it_was()
    {
        var type = SampleSteps.Catalog.Find("shell")!;
        var plain = new Recipe(type, [], [], null, []).Key;
        Assert.Equal(plain, new Recipe(type, [], [], null, [], []).Key);
        Assert.NotEqual(plain, new Recipe(type, [], [], null, [], new JsonObject { ["A"] = "1" }).Key);
    }
}
