package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestUnknownEnvironment(t *testing.T) {
	t.Parallel()
	const known3 = "The environments are `dev`, `staging`, `production`. "
	for kind, hint := range map[command.Kind]string{
		command.Deploy:   known3 + "Type `.deploy <environment>`, or `.deploy main to <environment>` for a rollback; parameters follow `|`.",
		command.Noop:     known3 + "Type `.noop <environment>`, or `.noop main to <environment>` for a rollback; parameters follow `|`.",
		command.Lock:     known3 + "Type `.lock <environment>`.",
		command.Unlock:   known3 + "Type `.unlock <environment>`.",
		command.LockInfo: known3 + "Type `.wcid <environment>`.",
	} {
		d := deploy.Decide(deploytest.Asking(kind, ""), deploytest.Settings(), deploytest.Facts())
		assert.Equal(t, deploy.InvalidEnvironment, d.Reason, kind)
		finding := deploytest.Said(t, d, "environment")
		assert.Equal(t, deploy.Block, finding.Level, kind)
		assert.Equal(t, hint, finding.Hint, kind)
	}
}

// Names come from a workflow file, and still must not change how a comment is read.
func TestUnknownEnvironmentEscapes(t *testing.T) {
	t.Parallel()
	c := deploytest.Settings()
	c.Targets, c.Commands.Deploy, c.StableBranch = []string{"a`b"}, "`x", "m`n"
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, ""), c, deploytest.Facts()), "environment")
	assert.Equal(t, "The environments are ``a`b``. Type `` `x <environment> ``, or `` `x m`n to <environment> `` for a rollback; parameters follow `|`.", finding.Hint)
}
