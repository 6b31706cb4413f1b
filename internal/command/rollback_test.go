package command

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// operations is a grammar with the commands that branch-deploy does not know.
func operations() Grammar {
	return Grammar{
		Trigger: ".deploy", RollbackTrigger: ".rollback", StatusTrigger: ".status", HelpTrigger: ".help", ParamSeparator: "|",
		StableBranch: "main", DefaultEnvironment: "production", EnvironmentTargets: []string{"production", "staging", "to the moon"},
	}
}

func goesBack(environment, to string) Command {
	return Command{Kind: Rollback, Type: "deploy", Environment: environment, KnownEnvironment: environment != "", To: to}
}

func TestRollbackCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		want       Command
	}{
		{"naked", ".rollback", goesBack("production", "")},
		{"an environment", ".rollback staging", goesBack("staging", "")},
		{"another spelling", ".rollback\r\nStaging", goesBack("staging", "")},
		{"a commit", ".rollback to abc1234", goesBack("production", "abc1234")},
		{"a commit in an environment", ".rollback staging to ABC1234", goesBack("staging", "ABC1234")},
		{"a version", ".rollback staging to v1.4.2", goesBack("staging", "v1.4.2")},
		{"to an environment", ".rollback to staging", goesBack("staging", "")},
		{"an environment that is a version as well", ".rollback production to staging", goesBack("production", "staging")},
		{"an environment that begins with to", ".rollback to the moon", goesBack("to the moon", "")},
		{"such an environment and a version", ".rollback to the moon to v1", goesBack("to the moon", "v1")},
		{"a reason", ".rollback staging --reason carts are empty", goesBack("staging", "").because("carts are empty")},
		{"a long dash", ".rollback staging to v1 —reason slow", goesBack("staging", "v1").because("slow")},
		{"to in a reason", ".rollback --reason back to normal", goesBack("production", "").because("back to normal")},
		{"unknown environment", ".rollback qa", goesBack("", "")},
		{"unknown environment and a commit", ".rollback qa to abc1234", goesBack("", "")},
		{"nothing behind to", ".rollback staging to", goesBack("", "")},
		{"two words behind to", ".rollback staging to v1 v2", goesBack("", "")},
		{"a flag behind to is a version that no one has", ".rollback staging to --override", goesBack("staging", "--override")},
		{"another word", ".rollbacks staging", Command{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := operations().Parse(test.body)
			require.NoError(t, err)
			got.Text = ""
			assert.Equal(t, test.want, got)
		})
	}
}

func TestRollbackParameters(t *testing.T) {
	t.Parallel()
	got, err := operations().Parse(".rollback staging to v1 --reason slow | --region eu")
	require.NoError(t, err)
	assert.Equal(t, "slow", got.Reason)
	assert.Equal(t, "--region eu", got.Params.Raw)
	assert.JSONEq(t, `{"_":[],"region":"eu"}`, got.Params.JSON)
}

// What cannot be told apart from the trigger names no environment.
func TestRollbackWithOddSeparators(t *testing.T) {
	t.Parallel()
	for _, separator := range []string{"", ".", "back", "--reason", " "} {
		t.Run(separator, func(t *testing.T) {
			t.Parallel()
			grammar := operations()
			grammar.ParamSeparator = separator
			got, _ := grammar.Parse(".rollback staging to v1")
			assert.Equal(t, Rollback, got.Kind)
			assert.Contains(t, []string{"", "staging", "production"}, got.Environment)
		})
	}
}

func TestNakedRollback(t *testing.T) {
	t.Parallel()
	grammar := operations()
	grammar.DisableNakedCommands = true
	for body, want := range map[string]Kind{".rollback": Naked, ".rollback --reason x": Naked, ".rollback staging": Rollback, ".status": Status} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			got, err := grammar.Parse(body)
			require.NoError(t, err)
			assert.Equal(t, want, got.Kind)
		})
	}
}

func TestStatusCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body, about string
		known             bool
	}{
		{"all", ".status", "", true},
		{"one", ".status staging", "staging", true},
		{"another spelling", ".status  Production", "production", true},
		{"unknown", ".status qa", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := operations().Parse(test.body)
			require.NoError(t, err)
			assert.Equal(t, Command{Kind: Status, Type: "status", Text: test.body, About: test.about, Environment: test.about, KnownEnvironment: test.known}, got)
		})
	}
}
