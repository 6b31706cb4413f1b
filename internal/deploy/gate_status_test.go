package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// An outcome that is not known yet must not be recorded as a state.
func TestStatusUnknown(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Tracking("")
	d := deploy.Decide(r, c, deploytest.Facts())
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Contains(t, deploytest.Said(t, d, "status").Text, "`status` is empty")
	assert.Contains(t, deploytest.Said(t, d, "status").Hint, "`started`")

	r, c = deploytest.Tracking(config.Aborted)
	assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(r, c, deploytest.Facts()), "status").Level)
}
