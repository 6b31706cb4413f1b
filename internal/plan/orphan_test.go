package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// What is left of runs that have ended is ended, and only that.
func TestForStartAfterLostRuns(t *testing.T) {
	t.Parallel()
	withTracking := locked()
	withTracking.Versioner = tracked().Versioner
	ended := deploy.CreatedByRun{Run: deploy.RunID{ID: 70, Attempt: 1}, Comment: 4, Product: "shop", Version: "1", State: deploy.RunEnded, Exists: true}
	byLock := ended
	byLock.Comment = 0 // its lock does not say which comment it was
	unknown, elsewhere := ended, ended
	unknown.Exists, elsewhere.Product = false, "billing"
	going := ended
	going.State = deploy.RunGoing
	running := func(m deploy.CreatedByRun) deploy.Facts {
		f := facts()
		f.Live = []deploy.Deployment{{SHA: liveSHA, State: "IN_PROGRESS", CreatedBy: m}}
		return f
	}
	behind := held(lock.Document{CreatedBy: "hubot", RunID: 70, RunAttempt: 1, Product: "shop", Version: "1"})
	leave := behind.Locks[productionLock]
	leave.Run, leave.RunExists = deploy.RunEnded, true
	behind.Locks[productionLock] = leave
	both := running(ended)
	both.Locks = behind.Locks
	end := plan.CloseOrphan{Environment: "production", CreatedBy: ended}
	for name, test := range map[string]struct {
		config config.Config
		facts  deploy.Facts
		want   []plan.Effect
	}{
		"on GitHub":           {locked(), running(ended), []plan.Effect{end}},
		"still under way":     {withTracking, running(going), nil},
		"unknown":             {withTracking, running(deploy.CreatedByRun{Run: ended.Run}), nil},
		"tracked":             {withTracking, running(ended), []plan.Effect{end, announceLost(deploy.Orphan{CreatedByRun: ended, SHA: liveSHA, Created: true})}},
		"nothing but a lock":  {withTracking, behind, []plan.Effect{announceLost(deploy.Orphan{CreatedByRun: byLock})}},
		"of no known run":     {withTracking, running(unknown), []plan.Effect{plan.CloseOrphan{Environment: "production", CreatedBy: unknown}}},
		"of another product":  {withTracking, running(elsewhere), []plan.Effect{plan.CloseOrphan{Environment: "production", CreatedBy: elsewhere}}},
		"lock, not tracked":   {locked(), behind, nil},
		"lock and deployment": {withTracking, both, []plan.Effect{end, announceLost(deploy.Orphan{CreatedByRun: ended, SHA: liveSHA, Created: true})}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []plan.Effect
			for i, step := range decide(asking(command.Deploy), test.config, test.facts).plan() {
				_, ends := step.Effect.(plan.CloseOrphan)
				announce, announces := step.Effect.(plan.RecordEvent)
				if ends || announces && announce.Orphan != nil {
					got = append(got, step.Effect)
					assert.False(t, step.Must, "%s: nothing waits for that", name)
					assert.Less(t, i, 5, "%s: it comes before the own start", name)
				}
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func announceLost(of deploy.Orphan) plan.RecordEvent {
	return plan.RecordEvent{Status: config.Aborted, Message: plan.WhyOrphaned, Orphan: &of}
}

// The lock says what is deployed under it, where its end may have to be reported.
func TestLockOfATrackedDeployment(t *testing.T) {
	t.Parallel()
	withTracking := locked()
	withTracking.Versioner = tracked().Versioner
	document := taken(t, decide(asking(command.Deploy), withTracking, facts()).plan())
	assert.Equal(t, []string{"shop", headSHA}, []string{document.Product, document.Version})
	for name, steps := range map[string][]plan.Step{
		"not tracked": decide(asking(command.Deploy), locked(), facts()).plan(),
		"rehearsal":   decide(asking(command.Noop), withTracking, facts()).plan(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := taken(t, steps)
			assert.Empty(t, document.Product+document.Version)
		})
	}
}
