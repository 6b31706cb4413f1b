package gh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const noopContext = "lockstep/noop/production"

func rehearsalOf(commit string) deploy.Needs {
	return deploy.Needs{Rehearsal: deploy.StatusOf{Commit: commit, Context: noopContext}, Viewer: true}
}

// The user of the token and the creator of what it writes are the same user. A person's name is never an app's.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	for creator, want := range map[string]string{
		sim.ActionsLogin: "github-actions[bot]", "github-actions": "github-actions", "ci[bot]": "ci[bot]", "alice": "alice", "": "",
	} {
		t.Run(creator, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddUser(sim.User{Login: "github-actions", Permission: "write"})
			github.AddUser(sim.User{Login: "ci[bot]", Permission: "write"})
			github.Check(sim.Check{Pull: 7, Name: noopContext, State: "failure", CommitStatus: true, Creator: "alice"})
			github.Check(sim.Check{Pull: 7, Name: noopContext, State: "success", CommitStatus: true, Creator: creator})
			github.Check(sim.Check{Pull: 7, Name: "other", State: "failure", CommitStatus: true, Creator: "alice"})
			needs := rehearsalOf(github.Head("feature/a b"))
			facts := read(t, github, needs)
			assert.Equal(t, deploy.Rehearsal{StatusOf: needs.Rehearsal, State: "SUCCESS", Creator: want}, facts.Rehearsal)
			assert.Equal(t, "github-actions[bot]", facts.Viewer)
			assert.Equal(t, []deploy.Part{deploy.RehearsalPart, deploy.ViewerPart}, marked(facts.Read))
		})
	}
}

func TestRehearsalThatDidNotTakePlace(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	needs := rehearsalOf(github.Head("feature/a b"))
	for _, prepare := range []func(){func() {}, func() {
		github.Check(sim.Check{Pull: 7, Name: "other", State: "success", CommitStatus: true, Creator: "alice"})
	}} {
		prepare()
		facts := read(t, github, needs)
		assert.Equal(t, deploy.Rehearsal{StatusOf: needs.Rehearsal}, facts.Rehearsal)
		assert.True(t, facts.Read[deploy.RehearsalPart], "there is no status, for certain")
	}
	unknown := read(t, github, rehearsalOf(strings.Repeat("0", 40)))
	assert.False(t, unknown.Read[deploy.RehearsalPart], "a commit that is not there says nothing")
}

func TestRehearsalWithoutPermission(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	github.Check(sim.Check{Pull: 7, Name: noopContext, State: "success", CommitStatus: true, Creator: sim.ActionsLogin})
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), rehearsalOf(github.Head("feature/a b")))
	require.NoError(t, err)
	assert.False(t, facts.Read[deploy.RehearsalPart])
	assert.Contains(t, facts.Unavailable[deploy.RehearsalPart].Hint, "`statuses: read`")
}

func TestStatement(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.EditPull(7, func(p *sim.Pull) { p.Body = "## Deployment\n" })
	github.Label(7, "qa-passed", "Hold")
	facts := read(t, github, deploy.Needs{Statement: 7})
	assert.Equal(t, deploy.Statement{Labels: []string{"qa-passed", "Hold"}, Body: "## Deployment\n"}, facts.Statement)
	assert.Equal(t, []deploy.Part{deploy.StatementPart}, marked(facts.Read))

	assert.False(t, read(t, github, deploy.Needs{Statement: 99}).Read[deploy.StatementPart])
	for i := range 100 {
		github.Label(7, fmt.Sprintf("label-%d", i))
	}
	facts = read(t, github, deploy.Needs{Statement: 7})
	assert.False(t, facts.Read[deploy.StatementPart])
	assert.Contains(t, facts.Unavailable[deploy.StatementPart].Text, "more than 100 labels")
}

func TestSetCommitStatus(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("feature/a b")
	for _, context := range []string{"lockstep/deploy/production", "lockstep/deploy/eu/west 1 🚀", strings.Repeat("a", 255)} {
		effect := plan.SetCommitStatus{SHA: head, Context: context, State: "success", Description: strings.Repeat("ü", 141), TargetURL: "https://example.com/run"}
		for _, carryOut := range []func() error{
			func() error { _, err := do(t, github, effect); return err },
			func() error {
				_, err := newClient(t, github.Client().Transport, sim.DefaultToken).Redo(t.Context(), effect, ledger())
				return err
			},
		} {
			require.NoError(t, carryOut())
			want := sim.CommitStatus{State: "success", Creator: sim.ActionsLogin, Description: strings.Repeat("ü", 140), TargetURL: "https://example.com/run"}
			assert.Equal(t, want, github.CommitStatus(head, context))
		}
	}
}

func TestSetCommitStatusWithoutPermission(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"statuses": "read"}})
	effect := plan.SetCommitStatus{SHA: github.Head("feature/a b"), Context: noopContext, State: "success"}
	_, err := newClient(t, github.Client().Transport, "poor").Do(t.Context(), effect, ledger())
	assert.Contains(t, gh.Explain(err).Hint, "`statuses: write`")
	assert.Empty(t, github.CommitStatus(effect.SHA, noopContext))
}
