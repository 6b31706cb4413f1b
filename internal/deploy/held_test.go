package deploy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// heldTo says which way of asking for a deployment is held to which rule.
func heldTo() map[string]string {
	return map[string]string{
		"allow":      "head noop rollback stable tracked",
		"order":      "head noop stable tracked",
		"soak":       "head stable tracked",
		"freeze":     "head stable tracked",
		"approvals":  "head stable tracked",
		"noop":       "head stable",
		"labels":     "head",
		"checklist":  "head",
		"path rules": "head stable tracked",
	}
}

func TestWhoIsHeldToWhat(t *testing.T) {
	t.Parallel()
	ways := map[string]deploy.Way{
		"head": deploy.HeadWay, "noop": deploy.NoopWay, "rollback": deploy.RollbackWay, "stable": deploy.StableWay, "tracked": deploy.TrackedWay,
	}
	assert.Len(t, deploytest.RuleGates(), len(heldTo()), "every rule has a gate")
	for gate, held := range heldTo() {
		for name, way := range ways {
			t.Run(gate+", "+name, func(t *testing.T) {
				t.Parallel()
				want := slices.Contains(strings.Fields(held), name)
				assert.Equal(t, want, deploytest.Held(gate, way))
			})
		}
	}
}

// The trials ask in the way that they are named after, and nothing stops them.
func TestTrials(t *testing.T) {
	t.Parallel()
	for way, trial := range deploytest.Trials() {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			k := deploy.NewCase(trial.Request, trial.Config, trial.Facts)
			assert.Equal(t, way, k.Way)
			assert.Empty(t, deploytest.Blocked(deploy.Decide(trial.Request, trial.Config, trial.Facts)))
		})
	}
}
