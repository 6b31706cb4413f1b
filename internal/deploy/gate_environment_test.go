package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestUnknownEnvironment(t *testing.T) {
	t.Parallel()
	const known3 = "The environments here are `dev`, `staging`, `production`. "
	for kind, hint := range map[command.Kind]string{
		command.Deploy:   known3 + "Write `.deploy <environment>`, or `.deploy main to <environment>` for a rollback; parameters go behind `|`.",
		command.Noop:     known3 + "Write `.noop <environment>`, or `.noop main to <environment>` for a rollback; parameters go behind `|`.",
		command.Lock:     known3 + "Write `.lock <environment>`.",
		command.Unlock:   known3 + "Write `.unlock <environment>`.",
		command.LockInfo: known3 + "Write `.wcid <environment>`.",
	} {
		d := deploy.Decide(asking(kind, ""), settings(), known())
		assert.Equal(t, deploy.InvalidEnvironment, d.Reason, kind)
		finding := said(t, d, "environment")
		assert.Equal(t, deploy.Block, finding.Level, kind)
		assert.Equal(t, hint, finding.Hint, kind)
	}
}

// Names come from a workflow file, and still must not change how a comment is read.
func TestUnknownEnvironmentEscapes(t *testing.T) {
	t.Parallel()
	c := settings()
	c.Targets, c.Commands.Deploy, c.StableBranch = []string{"a`b"}, "`x", "m`n"
	finding := said(t, deploy.Decide(asking(command.Deploy, ""), c, known()), "environment")
	assert.Equal(t, "The environments here are ``a`b``. Write `` `x <environment> ``, or `` `x m`n to <environment> `` for a rollback; parameters go behind `|`.", finding.Hint)
}
