package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// An outcome that is not known yet must not be recorded as a state.
func TestStatusUnknown(t *testing.T) {
	t.Parallel()
	r, c := tracking("")
	d := deploy.Decide(r, c, known())
	assert.Equal(t, deploy.Refuse, d.Verdict)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Contains(t, said(t, d, "status").Text, "`status` is empty")
	assert.Contains(t, said(t, d, "status").Hint, "`started`")

	r, c = tracking(config.Aborted)
	assert.Equal(t, deploy.Pass, said(t, deploy.Decide(r, c, known()), "status").Level)
}
