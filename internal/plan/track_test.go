package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// The tracking endpoint has its say before a deployment begins, and learns of its end afterwards.
func TestForTrack(t *testing.T) {
	t.Parallel()
	const create = "create deployment of " + headSHA + " to production, "
	for status, want := range map[config.Status]struct {
		status, announce string
		first            bool
	}{
		config.Pending:   {"status queued, must, permitted", "announce pending, must", true},
		config.Started:   {"status in_progress, must, permitted", "announce started, must", true},
		config.Completed: {"status success, permitted", "announce completed", false},
		config.Failed:    {"status failure, permitted", "announce failed", false},
		config.Aborted:   {"status error aborted: the job was cancelled, permitted", "announce aborted", false},
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			for _, known := range []int64{0, 42} {
				steps := []string{create + "permitted", want.status}
				if want.first {
					steps[0] = create + "must, permitted"
				}
				if known != 0 {
					steps = steps[1:]
				}
				r, c := tracking(settings(), status)
				d := decide(r, c, facts())
				d.ledger.DeploymentID = known
				assertPlan(t, steps, d.plan(), "%s, deployment %d, no tracking", status, known)

				if want.first {
					steps = append([]string{want.announce}, steps...)
				} else {
					steps = append(steps, want.announce)
				}
				r, c = tracking(tracked(), status)
				d = decide(r, c, facts())
				d.ledger.DeploymentID = known
				assertPlan(t, steps, d.plan(), "%s, deployment %d", status, known)
			}
		})
	}
}

// What a state means for its environment is counted before it is reported.
func TestForTrackMeasures(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Live = []deploy.Deployment{{State: deploy.Active, SHA: stableSHA}}
	const measure, create = "measure 2222222 1111111", "create deployment of " + headSHA + " to production, "
	for _, test := range []struct {
		config config.Config
		status config.Status
		want   []string
	}{
		{settings(), config.Started, []string{measure, create + "must, concurrent, permitted", "status in_progress, must, permitted"}},
		{tracked(), config.Started, []string{measure, "announce started, must", create + "must, permitted", "status in_progress, must, permitted"}},
		{tracked(), config.Completed, []string{measure, create + "concurrent, permitted", "status success, permitted", "announce completed"}},
	} {
		t.Run(fmt.Sprintf("%s, tracked: %v", test.status, test.config.Tracks()), func(t *testing.T) {
			t.Parallel()
			r, c := tracking(test.config, test.status)
			assertPlan(t, test.want, decide(r, c, f).plan(), test.status)
		})
	}
	same := facts()
	same.Live = []deploy.Deployment{{State: deploy.Active, SHA: headSHA}}
	r, c := tracking(settings(), config.Completed)
	assert.NotContains(t, show(decide(r, c, same).plan()), measure, "it runs already")
}

// Where the token may record nothing on GitHub, the tracking endpoint is told all the same.
func TestForTrackUnrecorded(t *testing.T) {
	t.Parallel()
	for status, want := range map[config.Status][]string{
		config.Started:   {"announce started, must", "notify started, concurrent"},
		config.Completed: {"announce completed", "notify completed, concurrent"},
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			r, c := tracking(noticed(tracked()), status)
			d := decide(r, c, facts())
			d.ledger.Unrecorded = true
			assertPlan(t, want, d.plan(), status)
			assert.Equal(t, []string{"announce completed", "notify completed, concurrent"}, show(endTracked(d.ledger, config.Completed)))
		})
	}
}

func TestForTrackFailsOnTheEndOnRequest(t *testing.T) {
	t.Parallel()
	r, c := tracking(tracked(), config.Completed)
	c.Versioner.FailOnError = config.FailAlways
	assert.Subset(t, show(decide(r, c, facts()).plan()), []string{"status success, must, permitted", "announce completed, must"})
	assert.Contains(t, show(endTracked(ready(asking(command.Deploy), c), config.Completed)), "status success, must, permitted")
}

func TestForTrackRefused(t *testing.T) {
	t.Parallel()
	f := facts()
	f.Deployments = nil
	r, c := tracking(tracked(), config.Started)
	d := decide(r, c, f)
	require.Equal(t, deploy.Refuse, d.decision.Verdict)
	assert.Empty(t, d.plan(), "nothing was begun, and there is no pull request to answer on")

	d.ledger.Announced, d.ledger.Attempted = true, true
	assertPlan(t, []string{"status error aborted: the deployment did not start, must, concurrent", "announce aborted, concurrent"}, d.plan())
}

// What has happened stays as it is on GitHub, also when it could not be recorded elsewhere.
func TestForTrackTakesNoEndBack(t *testing.T) {
	t.Parallel()
	for status, records := range map[config.Status]bool{
		config.Pending: false, config.Started: false,
		config.Completed: true, config.Failed: true, config.Aborted: true, "": true,
	} {
		t.Run(fmt.Sprintf("%q", status), func(t *testing.T) {
			t.Parallel()
			r, c := tracking(tracked(), status)
			d := decide(r, c, facts())
			assert.Equal(t, records, d.ledger.Records, "%q", status)
			d.ledger.Pull, d.ledger.DeploymentID = 0, 42
			assert.Equal(t, records, len(plan.Abandon(d.ledger, deploy.Problem{Text: "It broke."})) == 0, "%q", status)
			d.decision.Verdict = deploy.Refuse
			assert.Equal(t, records, len(d.plan()) == 0, "%q", status)
		})
	}
}
