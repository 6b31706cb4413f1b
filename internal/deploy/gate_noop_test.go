package deploy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// trial changes a way of asking as situations do.
func changed(way string, change func(*deploytest.Trial)) situation {
	s := ways()[way]
	s.change(change)
	return s
}

func TestNoopGate(t *testing.T) {
	t.Parallel()
	const mine = deploytest.Viewer
	typed := map[string]string{
		"head": "Type `.noop production` first.", "fork": "Type `.noop production` first.", "rollback": "Type `.noop main to production` first.",
		"exact": "Type `.noop " + deploytest.OtherSHA + " production` first.",
	}
	for way, hint := range typed {
		for name, test := range map[string]struct{ state, creator, want string }{
			"went well":             {"SUCCESS", mine, ""},
			"spelled otherwise":     {"SUCCESS", "GitHub-Actions[bot]", ""},
			"none":                  {"", "", "`production` asks for a noop of each commit, and there has been no noop of"},
			"failed":                {"FAILURE", mine, "did not go well: its commit status is `failure`."},
			"an error":              {"ERROR", mine, "did not go well: its commit status is `error`."},
			"pending":               {"PENDING", mine, "did not go well: its commit status is `pending`."},
			"unknown state":         {"GREAT", mine, "did not go well: its commit status is `great`."},
			"by a person":           {"SUCCESS", "github-actions", "(`github-actions[bot]`), but by `github-actions`."},
			"by another app":        {"SUCCESS", "ci[bot]", "but by `ci[bot]`."},
			"by an unknown user":    {"SUCCESS", "", "but by an unknown user."},
			"failure by a person":   {"FAILURE", "mallory", "but by `mallory`."},
			"by a name that breaks": {"SUCCESS", "a`b", "but by ``a`b``."},
		} {
			t.Run(way+" "+name, func(t *testing.T) {
				t.Parallel()
				d := changed(way, func(tr *deploytest.Trial) { tr.Rehearse(test.state, test.creator) }).decide()
				finding := deploytest.Said(t, d, "noop")
				if test.want == "" {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					assert.Equal(t, deploy.Pass, finding.Level)
					return
				}
				assert.Equal(t, deploy.NoopRequired, d.Reason)
				assert.Contains(t, finding.Text, test.want)
				assert.Contains(t, finding.Hint, hint)
			})
		}
	}
}

// A status of another commit, or of another environment, says nothing.
func TestNoopGateOfAnotherStatus(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]func(*deploy.StatusOf){
		"commit": func(of *deploy.StatusOf) { of.Commit = deploytest.OtherSHA }, "environment": func(of *deploy.StatusOf) { of.Context = "lockstep/noop/staging" },
		"nothing": func(of *deploy.StatusOf) { *of = deploy.StatusOf{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := changed("head", func(tr *deploytest.Trial) {
				tr.Rehearse("SUCCESS", deploytest.Viewer)
				of(&tr.Facts.Rehearsal.StatusOf)
			}).decide()
			assert.Equal(t, deploy.NoopRequired, d.Reason)
		})
	}
}

// A token without a user's name proves nothing, not even where the status has none either.
func TestNoopGateWithoutViewer(t *testing.T) {
	t.Parallel()
	d := changed("head", func(tr *deploytest.Trial) {
		tr.Rehearse("SUCCESS", "")
		tr.Facts.Viewer = ""
	}).decide()
	assert.Equal(t, deploy.NoopRequired, d.Reason)
}

func TestNoopNotRequired(t *testing.T) {
	t.Parallel()
	off := changed("head", func(tr *deploytest.Trial) { tr.Govern(func(e *policy.Environment) { e.Noop = deploytest.Set(false) }) })
	assert.Equal(t, deploy.Proceed, off.decide().Verdict)
	needs := deploy.NeedsKnowing(off.request, off.config, off.facts)
	assert.False(t, needs.Viewer)
	assert.Empty(t, needs.Rehearsal)
}

func TestNoopEvaluated(t *testing.T) {
	t.Parallel()
	d := changed("head", func(tr *deploytest.Trial) {
		tr.Rehearse("", "")
		tr.Govern(func(e *policy.Environment) { e.Enforcement = deploytest.Set(policy.Evaluate) })
	}).decide()
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Contains(t, deploytest.Said(t, d, "noop").Notice, "A rule that is only evaluated is not met: `production` asks for a noop")
}

// The second look is about the commit that was decided on: nothing else says which one it is. The token stays the same.
func TestRecheckOfNoop(t *testing.T) {
	t.Parallel()
	s := changed("head", func(tr *deploytest.Trial) { tr.Rehearse("SUCCESS", deploytest.Viewer) })
	assert.Empty(t, deploy.NeedsFor(s.request, s.config).Rehearsal, "the commit is not known")
	first := deploy.NeedsKnowing(s.request, s.config, s.facts)
	assert.Equal(t, deploy.StatusOf{Commit: deploytest.HeadSHA, Context: "lockstep/noop/production"}, first.Rehearsal)
	assert.True(t, first.Viewer)
	again := deploy.RecheckNeeds(s.request, s.config, deploytest.HeadSHA)
	assert.Equal(t, first.Rehearsal, again.Rehearsal)
	assert.False(t, again.Viewer)

	later := deploytest.Facts()
	later.Rehearsal = s.facts.Rehearsal
	later.Rehearsal.State = "FAILURE"
	s.facts = later.Keep(s.facts)
	assert.Equal(t, deploy.NoopRequired, s.decide().Reason)
}

func TestBeyondStatements(t *testing.T) {
	t.Parallel()
	asked := deploy.Needs{Rehearsal: deploy.StatusOf{Commit: "a", Context: "b"}, Viewer: true, Statement: 12}
	assert.False(t, asked.Beyond(asked).Any())
	assert.Equal(t, asked, asked.Beyond(deploy.Needs{}))
	other := asked
	other.Rehearsal.Commit = "c"
	assert.Equal(t, deploy.Needs{Rehearsal: other.Rehearsal}, other.Beyond(asked))
	known := deploy.Facts{Viewer: "me", Statement: deploy.Statement{Body: "text"}}
	later := deploy.Facts{Rehearsal: deploy.Rehearsal{State: "SUCCESS"}}
	added := known.Add(later, deploy.Needs{Rehearsal: other.Rehearsal})
	assert.Equal(t, []any{"me", "text", "SUCCESS"}, []any{added.Viewer, added.Statement.Body, added.Rehearsal.State})
}

func TestContexts(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "lockstep/noop/production", deploy.NoopContext("production"))
	assert.Equal(t, "lockstep/deploy/eu/west 1", deploy.DeploymentContext("eu/west 1"))
	long := strings.Repeat("ü", 255)
	one, other := deploy.NoopContext(long), deploy.NoopContext(long[:len(long)-2]+"ä")
	assert.NotEqual(t, one, other)
	for _, context := range []string{one, other} {
		assert.Len(t, []rune(context), 255)
		assert.True(t, strings.HasPrefix(context, "lockstep/noop/üü"))
	}
}

// Commit statuses of this action are no checks, whatever the inputs and the rules of the base say.
func TestOwnStatusesAreNoChecks(t *testing.T) {
	t.Parallel()
	own := status("lockstep/noop/production", "FAILURE")
	other := status("ci", "SUCCESS")
	failed := status("old", "FAILURE")
	for name, test := range map[string]struct {
		mode     config.CheckMode
		names    []string
		nodes    []deploy.Check
		expected []deploy.Expectation
		want     deploy.ChecksState
		warned   bool
	}{
		"alone":                     {config.AllChecks, nil, []deploy.Check{own}, nil, deploy.NoChecks, false},
		"next to another":           {config.AllChecks, nil, []deploy.Check{own, other}, nil, deploy.ChecksPassed, false},
		"next to a failed one":      {config.AllChecks, nil, []deploy.Check{own, other, failed}, nil, deploy.ChecksFailed, false},
		"only required ones":        {config.RequiredChecks, nil, []deploy.Check{own}, nil, deploy.NoChecks, false},
		"required by a rule":        {config.RequiredChecks, nil, []deploy.Check{other}, []deploy.Expectation{{Name: "lockstep/deploy/production"}}, deploy.ChecksPassed, false},
		"listed":                    {config.AllChecks, []string{"ci", "lockstep/noop/production"}, []deploy.Check{own, other}, nil, deploy.ChecksMissing, false},
		"another one has failed":    {config.AllChecks, nil, []deploy.Check{other}, nil, deploy.ChecksPassed, true},
		"a check run of this name":  {config.AllChecks, nil, []deploy.Check{deploytest.CheckRun("lockstep/x", "FAILURE")}, nil, deploy.ChecksFailed, false},
		"a name that is not ours":   {config.AllChecks, nil, []deploy.Check{status("lockstep", "FAILURE")}, nil, deploy.ChecksFailed, false},
		"forged by someone, failed": {config.AllChecks, nil, []deploy.Check{status("lockstep/what", "ERROR"), other}, nil, deploy.ChecksPassed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ways()["head"]
			s.config.Checks.Mode, s.config.Checks.Names = test.mode, test.names
			s.facts.Pull.Checks = deploy.Checks{SHA: deploytest.HeadSHA, Reported: true, State: "FAILURE", Nodes: test.nodes, Expected: test.expected}
			d := s.decide()
			assert.Equal(t, test.want, d.Evidence.CommitStatus)
			finding := deploytest.Said(t, d, "checks")
			assert.Equal(t, test.warned, finding.Level == deploy.Warn)
			assert.Equal(t, test.names != nil, strings.Contains(finding.Hint, "Commit statuses that begin with `lockstep/` are those of this action"))
			for _, counted := range d.Evidence.Checks {
				assert.NotEqual(t, own.Name, counted.Name)
			}
		})
	}
}
