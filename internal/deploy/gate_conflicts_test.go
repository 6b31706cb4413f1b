package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// GitHub's other words about a merge are no matter of this gate, or of none.
func TestConflicts(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"CLEAN", "DIRTY", "BLOCKED", "UNKNOWN", "UNSTABLE", "HAS_HOOKS", "DRAFT", "dirty"} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(state+" "+kind.String(), func(t *testing.T) {
				t.Parallel()
				f := deploytest.Facts()
				f.Pull.MergeState = state
				d := deploy.Decide(deploytest.Asking(kind, "production"), deploytest.Settings(), f)
				assert.Equal(t, state, d.Evidence.MergeState)
				if state == "UNKNOWN" {
					assert.Equal(t, deploy.Finding{
						Gate: "conflicts", Level: deploy.Warn, Hint: "Look at the end of the pull request.",
						Text: "GitHub has not computed yet whether the branch has conflicts with `main`.",
					}, deploytest.Said(t, d, "conflicts"))
				}
				if state != "DIRTY" {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					return
				}
				assert.Equal(t, []string{"conflicts"}, deploytest.Blocked(d))
				assert.Equal(t, deploy.PrechecksFailed, d.Reason)
				assert.Equal(t, "The branch has conflicts with `main`.", deploytest.Said(t, d, "conflicts").Text)
				assert.Equal(t, "Merge `main` into the branch, resolve the conflicts, push, and run the command again.", deploytest.Said(t, d, "conflicts").Hint)
			})
		}
	}
	c, f := deploytest.Settings(), deploytest.Facts()
	c.StableBranch, f.Pull.BaseRef, f.Pull.MergeState = deploytest.Hostile, deploytest.Hostile, "DIRTY"
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "conflicts"))
}
