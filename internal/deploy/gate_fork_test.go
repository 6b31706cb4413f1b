package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestFork(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.CrossRepo = true
	for name, r := range map[string]deploy.Request{
		"deploy": asking(command.Deploy, "dev"), "noop": asking(command.Noop, "dev"),
	} {
		d := deploy.Decide(r, settings(), f)
		assert.Equal(t, deploy.PrechecksFailed, d.Reason, name)
		assert.Equal(t, deploy.Block, said(t, d, "fork").Level, name)
	}
	f.Pull.HeadExists = false
	d := deploy.Decide(asking(command.Deploy, "dev"), settings(), f)
	assert.Equal(t, deploy.Pass, said(t, d, "commit").Level, "a fork's branch is nowhere here: the fork gate says all there is to say")
}

func TestRollbackOnAForkIsHarmless(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.CrossRepo = true
	assert.Equal(t, deploy.Proceed, deploy.Decide(rollback("production"), settings(), f).Verdict)
}

// What is not known to come from here does not pass for it.
func TestForkUnknown(t *testing.T) {
	t.Parallel()
	f := without(deploy.PullPart)
	f.Pull = deploy.PullRequest{}
	finding := said(t, deploy.Decide(asking(command.Deploy, "dev"), settings(), f), "fork")
	assert.Equal(t, deploy.Block, finding.Level)
	assert.Equal(t, deploy.UnexpectedError, finding.Code)
}
