package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeployments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		with func(*Grammar)
		body string
		want Command
	}{
		{
			name: "stable branch as first target is an environment", body: ".noop main",
			with: targets("main", "staging"), want: noops("main"),
		},
		{
			name: "stable branch as second target is a rollback", body: ".deploy main to main",
			with: targets("staging", "main"), want: rollsBack("main"),
		},
		{
			name: "targets are trimmed", body: ".deploy staging",
			with: targets(" production", "\tstaging "), want: deploys("staging"),
		},
		{
			name: "target that begins with to", body: ".deploy to staging",
			with: targets("to staging", "staging"), want: deploys("to staging"),
		},
		{
			name: "order of targets decides", body: ".deploy to staging",
			with: targets("staging", "to staging"), want: deploys("staging"),
		},
		{
			name: "first occurrence of the trigger goes", body: ".deploy a.deploy b",
			with: targets("a.deploy b", "a b"), want: deploys("a.deploy b"),
		},
		{
			name: "noop trigger in the middle", body: ".deploy .noop",
			with: targets(".deploy"), want: noops(".deploy"),
		},
		{
			name: "stable branch with a slash", body: ".deploy release/1 staging",
			with: func(g *Grammar) { g.StableBranch = "release/1" }, want: rollsBack("staging"),
		},
		{
			name: "another spelling of a target", body: ".deploy to Staging",
			with: targets("production", "staging"), want: deploys("staging"),
		},
		{
			name: "another spelling for a rollback", body: ".deploy main to STAGING",
			with: targets("production", "staging"), want: rollsBack("staging"),
		},
		{
			name: "capitals in the target", body: ".noop prod-eu",
			with: targets("dev", "Prod-EU"), want: noops("Prod-EU"),
		},
		{
			name: "stable branch before another spelling of the first target", body: ".deploy main",
			with: targets("Main", "staging"), want: rollsBack("production"),
		},
		{
			name: "another spelling of the stable branch", body: ".deploy Main",
			with: targets("staging"), want: unknown(),
		},
		{
			name: "another spelling of to", body: ".deploy TO staging",
			with: targets("staging"), want: unknown(),
		},
		{
			name: "default environment is spelled like the target", body: ".deploy",
			with: targets("dev", "Production"), want: deploys("Production"),
		},
		{
			name: "no default environment", body: ".deploy",
			with: func(g *Grammar) { g.DefaultEnvironment = "\t" }, want: unknown(),
		},
		{
			name: "no default environment for a rollback", body: ".deploy main",
			with: func(g *Grammar) { g.DefaultEnvironment = "" }, want: unknown(),
		},
		{
			name: "no default environment for a noop", body: ".noop",
			with: func(g *Grammar) { g.DefaultEnvironment = "" }, want: Command{Kind: Noop, Type: "deploy"},
		},
		{
			name: "no targets, rollback", body: ".deploy main",
			with: targets(), want: rollsBack("production"),
		},
		{name: "no targets, named", body: ".deploy production", with: targets(), want: unknown()},
		{
			name: "unknown environment of a noop", body: ".noop qa",
			want: Command{Kind: Noop, Type: "deploy"},
		},
		{
			name: "reason in the parameters", body: ".deploy | --reason hot fix",
			want: deploys("production").because("hot fix").
				given("--reason hot fix", `{"_":["fix"],"reason":"hot"}`),
		},
		{name: "reason before parameters", body: ".deploy --reason x", want: unknown().because("x")},
		{
			// There, every comment splits after its first character.
			name: "empty separator", body: ".deploy",
			with: func(g *Grammar) { g.ParamSeparator = "" },
			want: unknown().given("deploy", `{"_":["deploy"]}`),
		},
		{
			name: "separator of blanks inside", body: ".deploy staging with params --a",
			with: func(g *Grammar) { g.ParamSeparator = "with params" },
			want: deploys("staging").given("--a", `{"_":[],"a":true}`),
		},
		{
			name: "separator as regular expression", body: ".deploy staging .* x",
			with: func(g *Grammar) { g.ParamSeparator = ".*" },
			want: deploys("staging").given("x", `{"_":["x"]}`),
		},
		{
			name: "parameters over several lines", body: ".deploy staging |\r\n  --a=1\r\n  --b=2",
			want: deploys("staging").given("--a=1\r\n  --b=2", `{"_":[],"a":"1\r\n","b":2}`),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := defaults()
			if test.with != nil {
				test.with(&g)
			}
			got, err := g.Parse(test.body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}

func TestExactCommits(t *testing.T) {
	t.Parallel()
	upper := strings.ToUpper(commit)
	tests := []struct {
		name string
		with func(*Grammar)
		body string
		want Command
	}{
		{name: "64 digits before more", body: ".deploy " + longCommit + "abc", want: unknown()},
		{
			name: "63 digits are no commit of 40", body: ".deploy " + longCommit[:63],
			with: targets(longCommit[40:63]), want: unknown(),
		},
		{name: "39 digits are none", body: ".deploy " + commit[:39], want: unknown()},
		{name: "no blank before it", body: ".deploy" + commit, want: Command{}},
		{
			name: "blanks around it", body: ".deploy \u00a0" + commit + "\t\r\n staging",
			want: deploysCommit("staging", commit),
		},
		{
			name: "trigger in another case", body: ".noop main .DEPLOY " + commit,
			with: targets("main .DEPLOY"),
			want: Command{
				Kind: Noop, Type: "deploy", Environment: "main .DEPLOY", KnownEnvironment: true,
				SHA: commit,
			},
		},
		{
			name: "trigger within a word", body: "d prod " + commit,
			with: func(g *Grammar) { g.Trigger, g.EnvironmentTargets = "d", []string{"prod"} },
			want: deploysCommit("prod", commit),
		},
		{
			name: "mixed case", body: ".deploy " + upper[:20] + commit[20:],
			want: deploysCommit("production", commit),
		},
		{
			name: "other spelling stays", body: ".deploy " + commit + " " + upper,
			with: targets(upper), want: deploysCommit(upper, commit),
		},
		{
			name: "every mention goes", body: ".deploy " + commit + " sta" + commit + "ging",
			want: deploysCommit("staging", commit),
		},
		{
			name: "mentions that overlap", body: ".deploy " + strings.Repeat("a", 40) + " " + strings.Repeat("a", 81),
			with: targets("a"), want: deploysCommit("a", strings.Repeat("a", 40)),
		},
		{
			name: "long s is no s", body: ".deploy\u017f .\u017fhip " + commit,
			with: func(g *Grammar) { g.Trigger, g.NoopTrigger = ".ship", ".deploy\u017f" },
			want: Command{Kind: Noop, Type: "deploy"},
		},
		{
			name: "final sigma is sigma", body: "Σ ς " + commit,
			with: func(g *Grammar) { g.Trigger, g.EnvironmentTargets = "Σ", []string{"ς"} },
			want: deploysCommit("ς", commit),
		},
		{
			name: "commit in the parameters", body: ".deploy | " + commit,
			want: deploys("production").given(commit, `{"_":["`+commit+`"]}`),
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := defaults()
			if test.with != nil {
				test.with(&g)
			}
			got, err := g.Parse(test.body)
			require.NoError(t, err)
			got.Text, got.Unknown = "", ""
			assert.Equal(t, test.want, got)
		})
	}
}
