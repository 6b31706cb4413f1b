package deploy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestUnreadableParameters(t *testing.T) {
	t.Parallel()
	r := deploytest.Asking(command.Deploy, "production")
	assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(r, deploytest.Settings(), deploytest.Facts()), "parameters").Level)

	r.Unreadable = errors.New("the key `@all\n` is odd")
	d := deploy.Decide(r, deploytest.Settings(), deploytest.Facts())
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The parameters after `|` cannot be read: ``the key `@all ` is odd``.",
		Hint: "Correct the parameters and run the command again.",
	}, deploytest.Said(t, d, "parameters"))
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
}
