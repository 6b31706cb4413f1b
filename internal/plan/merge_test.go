package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

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
