package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of examples says what branch-deploy makes of a comment, row by row. Where the
// outcome here is meant to differ, the example says why.

const (
	commit     = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"
	longCommit = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// example is one comment of a row in the table.
type example struct {
	row  int
	body string
	with func(*Grammar) // changes the default configuration
	want Command        // Text is the body, unless it is given
}

// defaults is the configuration without any input.
func defaults() Grammar {
	return Grammar{
		Trigger:            ".deploy",
		NoopTrigger:        ".noop",
		LockTrigger:        ".lock",
		UnlockTrigger:      ".unlock",
		HelpTrigger:        ".help",
		LockInfoAlias:      ".wcid",
		RollbackTrigger:    ".rollback",
		StatusTrigger:      ".status",
		ParamSeparator:     "|",
		GlobalLockFlag:     "--global",
		StableBranch:       "main",
		DefaultEnvironment: "production",
		EnvironmentTargets: []string{"production", "development", "staging"},
	}
}

// grammar returns the configuration of an example.
func (e example) grammar() Grammar {
	g := defaults()
	if e.with != nil {
		e.with(&g)
	}
	return g
}

func targets(names ...string) func(*Grammar) {
	return func(g *Grammar) { g.EnvironmentTargets = names }
}

func noNaked(g *Grammar) { g.DisableNakedCommands = true }

// deploys is a deployment of the pull request to an environment.
func deploys(environment string) Command {
	return Command{
		Kind: Deploy, Type: "deploy", Environment: environment, KnownEnvironment: true,
	}
}

func noops(environment string) Command {
	command := deploys(environment)
	command.Kind = Noop
	return command
}

// rollsBack is a deployment of the stable branch.
func rollsBack(environment string) Command {
	command := deploys(environment)
	command.StableBranch = true
	return command
}

// deploysCommit is a deployment of an exact commit.
func deploysCommit(environment, sha string) Command {
	command := deploys(environment)
	command.SHA = sha
	return command
}

// unknown is a deployment to an environment that cannot be told.
func unknown() Command { return Command{Kind: Deploy, Type: "deploy"} }

// given adds parameters to a command.
func (c Command) given(raw, json string) Command {
	c.Params = Params{Raw: raw, JSON: json}
	return c
}

// because adds a reason to a command.
func (c Command) because(reason string) Command {
	c.Reason = reason
	return c
}

// lasting adds a period to a command.
func (c Command) lasting(length time.Duration) Command {
	c.For = length
	return c
}

// locks is a lock command for one environment, "" for one that cannot be told.
func locks(kind Kind, outputType, environment string) Command {
	return Command{
		Kind: kind, Type: outputType, Environment: environment, KnownEnvironment: environment != "",
	}
}

// locksAll is a lock command for all environments.
func locksAll(kind Kind, outputType string) Command {
	return Command{Kind: kind, Type: outputType, Global: true, KnownEnvironment: true}
}

func runExamples(t *testing.T, examples []example) {
	t.Helper()
	for i, example := range examples {
		t.Run(fmt.Sprintf("row %d/%d", example.row, i), func(t *testing.T) {
			t.Parallel()
			want := example.want
			if want.Text == "" {
				want.Text = example.body
			}
			got, err := example.grammar().Parse(example.body)
			require.NoError(t, err)
			got.Unknown = ""
			assert.Equal(t, want, got, "%q", example.body)
		})
	}
}

func TestDeploymentExamples(t *testing.T) {
	t.Parallel()
	runExamples(t, deploymentExamples())
}

func TestCommitExamples(t *testing.T) {
	t.Parallel()
	runExamples(t, commitExamples())
}

func TestOverlapExamples(t *testing.T) {
	t.Parallel()
	runExamples(t, overlapExamples())
}

func TestLockExamples(t *testing.T) {
	t.Parallel()
	runExamples(t, lockExamples())
}

func TestExamplesCoverTheTable(t *testing.T) {
	t.Parallel()
	covered := map[int]bool{}
	for _, examples := range [][]example{
		deploymentExamples(), commitExamples(), overlapExamples(), lockExamples(),
	} {
		for _, example := range examples {
			covered[example.row] = true
		}
	}
	for row := 1; row <= 67; row++ {
		assert.True(t, covered[row], "row %d", row)
	}
}

// deploymentExamples are rows 1 to 37.
func deploymentExamples() []example {
	return []example{
		{row: 1, body: ".deploy", want: deploys("production")},
		{row: 2, body: ".deploy staging", want: deploys("staging")},
		{row: 3, body: ".deploy to staging", want: deploys("staging")},
		{row: 4, body: ".deploy   to staging", want: deploys("staging")},
		{row: 5, body: ".deploy to  staging", want: unknown()},
		{row: 6, body: ".deploy\tstaging", want: deploys("staging")},
		{row: 6, body: ".deploy\nstaging", want: deploys("staging")},
		{row: 6, body: ".deploy\r\nstaging", want: deploys("staging")},
		{row: 6, body: ".deploy\u00a0staging", want: deploys("staging")},
		{row: 7, body: ".noop", want: noops("production")},
		{row: 8, body: ".noop to staging", want: noops("staging")},
		{row: 9, body: ".deploy main", want: rollsBack("production")},
		{row: 10, body: ".deploy main to staging", want: rollsBack("staging")},
		{row: 11, body: ".deploy main staging", want: rollsBack("staging")},
		{row: 12, body: ".deploy mainstaging", want: rollsBack("staging")},
		{row: 13, body: ".deploy mainto staging", want: rollsBack("staging")},
		{row: 14, body: ".deploy  main", want: unknown()},
		{row: 15, body: ".deploy main  to staging", want: rollsBack("staging")},
		{row: 16, body: ".noop main to development", want: Command{
			Kind: Noop, Type: "deploy", Environment: "development", KnownEnvironment: true,
			StableBranch: true,
		}},
		{row: 17, body: ".deploy main", with: targets("main", "staging"), want: deploys("main")},
		{row: 18, body: ".deploy main", with: targets("staging", "main"), want: rollsBack("production")},
		{row: 19, body: ".deploy main main", with: targets("main", "staging"), want: rollsBack("main")},
		{row: 20, body: ".deploy production", with: func(g *Grammar) {
			g.StableBranch = "production"
			g.EnvironmentTargets = []string{"development", "staging", "production"}
		}, want: rollsBack("production")},
		{row: 21, body: "  .deploy  ", want: Command{
			Kind: Deploy, Type: "deploy", Text: ".deploy", Environment: "production",
			KnownEnvironment: true,
		}},
		{row: 21, body: "\ufeff.deploy", want: Command{
			Kind: Deploy, Type: "deploy", Text: ".deploy", Environment: "production",
			KnownEnvironment: true,
		}},
		{row: 22, body: ".Deploy"},
		{row: 22, body: ".DEPLOY staging"},
		{row: 23, body: ".deploy Staging", want: deploys("staging")}, // there, case matters
		{row: 23, body: ".deploy TO staging", want: unknown()},
		{row: 24, body: ".deployment"},
		{row: 24, body: ".deploy-x"},
		{row: 24, body: ".deploy,"},
		{row: 24, body: ".deploy|x"},
		{row: 24, body: ".deploy\u200b"},
		{row: 25, body: "please .deploy"},
		{row: 25, body: "> .deploy"},
		{row: 26, body: ".deploy qa", want: unknown()},
		{row: 26, body: ".deploy to", want: unknown()},
		{row: 26, body: ".deploy staging please", want: unknown()},
		{row: 26, body: ".deploy staging.", want: unknown()},
		{row: 27, body: ".deploy staging\n\nthanks", want: unknown()},
		{row: 28, body: ".deploy feature", want: unknown()},
		{
			row: 29, body: ".deploy | LOG=debug,CPU=4",
			want: deploys("production").given("LOG=debug,CPU=4", `{"_":["LOG=debug,CPU=4"]}`),
		},
		{row: 30, body: ".deploy staging|foo", want: deploys("staging").given("foo", `{"_":["foo"]}`)},
		{
			row: 31, body: ".deploy staging | --cpu=2 --memory=4G -q my-queue",
			want: deploys("staging").given("--cpu=2 --memory=4G -q my-queue",
				`{"_":[],"cpu":2,"memory":"4G","q":"my-queue"}`),
		},
		{row: 32, body: ".deploy | a | b", want: deploys("production").given("a | b", `{"_":["a","|","b"]}`)},
		{row: 33, body: ".deploy staging||x", want: deploys("staging").given("|x", `{"_":["|x"]}`)},
		{row: 34, body: ".deploy |", want: unknown()},
		{row: 34, body: ".deploy staging |", want: unknown()},
		{row: 35, body: ".deploy staging\n| foo", want: deploys("staging").given("foo", `{"_":["foo"]}`)},
		{row: 36, body: ".deploy qa | --x=1", want: unknown().given("--x=1", `{"_":[],"x":1}`)},
		{
			row: 37, body: ".deploy staging :: --a=1",
			with: func(g *Grammar) { g.ParamSeparator = "::" },
			want: deploys("staging").given("--a=1", `{"_":[],"a":1}`),
		},
	}
}

// commitExamples are rows 38 to 48. Whether exact commits are allowed is not the grammar's
// business.
func commitExamples() []example {
	upper := strings.ToUpper(commit)
	return []example{
		{row: 38, body: ".deploy " + commit, want: deploysCommit("production", commit)},
		{row: 39, body: ".deploy " + commit, want: deploysCommit("production", commit)},
		{row: 40, body: ".deploy " + commit + " to staging", want: deploysCommit("staging", commit)},
		{row: 40, body: ".deploy " + commit + " staging", want: deploysCommit("staging", commit)},
		{row: 40, body: ".deploy " + commit + "\nstaging", want: deploysCommit("staging", commit)},
		{row: 41, body: ".noop " + commit + " staging", want: Command{
			Kind: Noop, Type: "deploy", Environment: "staging", KnownEnvironment: true, SHA: commit,
		}},
		{row: 42, body: ".deploy " + longCommit, want: deploysCommit("production", longCommit)},
		{row: 43, body: ".deploy " + commit + "production", want: unknown()},
		{row: 44, body: ".deploy " + commit[:12], want: unknown()},
		{row: 44, body: ".deploy " + commit + "abc", want: unknown()},
		{row: 45, body: ".deploy staging " + commit, want: unknown()},
		{row: 45, body: ".deploy to " + commit + " staging", want: unknown()},
		{row: 45, body: ".deploy main " + commit, want: unknown()},
		{row: 45, body: ".deploy " + commit + " main", want: unknown()},
		// W27: lower case here, as typed there, which GitHub's answer then does not match.
		{row: 46, body: ".deploy " + upper, want: deploysCommit("production", commit)},
		{
			row: 47, body: ".deploy " + commit + " | why: hotfix",
			want: deploysCommit("production", commit).given("why: hotfix", `{"_":["why:","hotfix"]}`),
		},
		{row: 48, body: ".deploy " + commit + " " + commit, want: deploysCommit("production", commit)},
	}
}

// overlapExamples are rows 49 to 57: triggers that overlap and odd configurations.
func overlapExamples() []example {
	noopTrigger := func(trigger string) func(*Grammar) {
		return func(g *Grammar) { g.NoopTrigger = trigger }
	}
	prod := func(g *Grammar) { g.DefaultEnvironment = "prod" }
	return []example{
		{row: 49, body: ".deploy noop", want: Command{Kind: Deprecated}},
		{row: 49, body: ".deploy noop staging", want: Command{Kind: Deprecated}},
		{row: 49, body: ".deploy noopener", want: Command{Kind: Deprecated}},
		{
			row: 49, body: ".deploy noop", with: func(g *Grammar) { g.Trigger = ".shipit" },
			want: Command{Kind: Deprecated},
		},
		{
			row: 49, body: ".deploy noop", with: noopTrigger(".deploy noop"),
			want: Command{Kind: Deprecated},
		},
		{row: 50, body: ".deploy dry staging", with: noopTrigger(".deploy dry"), want: noops("staging")},
		// W20: branch-deploy deploys and calls it a noop. Equal triggers are refused as
		// inputs, and even without that the kind says what would happen.
		{row: 51, body: ".deploy", with: noopTrigger(".deploy"), want: deploys("production")},
		{row: 52, body: ".noop .deploy", want: Command{Kind: Noop, Type: "deploy"}},
		{row: 52, body: ".deploy .noop", want: unknown()},
		{
			row: 53, body: "ship it staging", with: func(g *Grammar) { g.Trigger = "ship it" },
			want: deploys("staging"),
		},
		{row: 53, body: "ship  it", with: func(g *Grammar) { g.Trigger = "ship it" }},
		{
			row: 54, body: ".deploy to my env", with: targets("my env", "production"),
			want: deploys("my env"),
		},
		{row: 55, body: ".deploy", with: prod, want: deploys("prod")},
		{row: 56, body: ".deploy prod", with: prod, want: unknown()},
		// W17: there, an empty target means an environment without a name. Here it is
		// dropped, and the default environment needs no target.
		{row: 57, body: ".deploy", with: targets("", "production"), want: deploys("production")},
		{row: 57, body: ".deploy", with: targets(" "), want: deploys("production")},
		{row: 57, body: ".deploy", with: targets(), want: deploys("production")},
	}
}

// lockExamples are rows 58 to 67: commands without an environment, help and locks.
func lockExamples() []example {
	return []example{
		{row: 58, body: ".deploy", with: noNaked, want: Command{Kind: Naked}},
		{row: 58, body: ".deploy | foo", with: noNaked, want: Command{Kind: Naked}},
		{row: 58, body: ".deploy -d", with: noNaked, want: Command{Kind: Naked}},
		{row: 58, body: ".lock --reason x", with: noNaked, want: Command{Kind: Naked}},
		{row: 59, body: ".deploy main", with: noNaked, want: rollsBack("production")},
		{row: 59, body: ".deploy " + commit, with: noNaked, want: deploysCommit("production", commit)},
		// W7: there, the global flag in the parameters makes the command pass for named.
		{row: 60, body: ".deploy | --global", with: noNaked, want: Command{Kind: Naked}},
		{row: 61, body: ".help", want: Command{Kind: Help, Type: "help"}},
		{row: 61, body: ".help me", want: Command{Kind: Help, Type: "help"}},
		{row: 61, body: ".helpme"},
		{row: 62, body: ".lock", want: locks(Lock, "lock", "production")},
		{row: 62, body: ".lock  staging", want: locks(Lock, "lock", "staging")},
		{row: 62, body: ".lock staging --reason x", want: locks(Lock, "lock", "staging").because("x")},
		{row: 63, body: ".lock to staging", want: locks(Lock, "lock", "")},
		{row: 63, body: ".lock staging | x", want: locks(Lock, "lock", "")},
		{row: 63, body: ".unlock production extra", want: locks(Unlock, "unlock", "")},
		// P2: there, " --d" in the reason makes it a question about the lock.
		{
			row: 64, body: ".lock --reason use --dry-run",
			want: locks(Lock, "lock", "production").because("use --dry-run"),
		},
		// P1: there, the flag in the reason makes the lock global.
		{
			row: 65, body: ".lock staging --reason a --global b",
			want: locks(Lock, "lock", "staging").because("a --global b"),
		},
		// P1: there, any text with the flag in it makes the command global.
		{row: 66, body: ".unlock --globally", want: locks(Unlock, "unlock", "")},
		{row: 66, body: ".lock staging--global", want: locks(Lock, "lock", "")},
		{row: 67, body: ".wcid staging", want: locks(LockInfo, "lock-info-alias", "staging")},
		{row: 67, body: ".lock production -i", want: locks(LockInfo, "lock", "production")},
	}
}
