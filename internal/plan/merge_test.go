package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
)

func TestMergeLooks(t *testing.T) {
	t.Parallel()
	c := locked()
	want := deploy.Needs{Run: deploy.RunID{ID: 77, Attempt: 2}, Locks: []string{"dev-branch-deploy-lock", productionLock}}
	assert.Equal(t, want, plan.MergeNeeds(asking(command.None), c))
	c.Merge.Global = true
	want.Locks = append(want.Locks, lock.GlobalBranch)
	assert.Equal(t, want, plan.MergeNeeds(asking(command.None), c))
	assert.Empty(t, plan.MergeNeeds(asking(command.None), settings()).Locks, "locks are switched off")
}

// Every lock is removed alone: one does not keep another.
func TestUnlock(t *testing.T) {
	t.Parallel()
	d := deploy.Decision{Ended: []deploy.EndedLock{
		{Lock: deploy.Lock{Branch: "dev-branch-deploy-lock", Tip: tip}}, {Lock: deploy.Lock{Branch: productionLock, Tip: headSHA}},
	}}
	steps := plan.Unlock(d, plan.Ledger{Repository: "R_1"})
	assertPlan(t, []string{"free dev-branch-deploy-lock " + tip + ", must", "free " + productionLock + " " + headSHA + ", must, concurrent"}, steps)
	assert.Equal(t, plan.FreeLock{Repository: "R_1", Branch: productionLock, Tip: headSHA}, steps[1].Effect)
}
