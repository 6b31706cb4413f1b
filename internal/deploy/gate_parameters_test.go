package deploy_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestUnreadableParameters(t *testing.T) {
	t.Parallel()
	r := asking(command.Deploy, "production")
	assert.Equal(t, deploy.Pass, said(t, deploy.Decide(r, settings(), known()), "parameters").Level)

	r.Unreadable = errors.New("the key `@all\n` is odd")
	d := deploy.Decide(r, settings(), known())
	assert.Equal(t, deploy.Finding{
		Gate: "parameters", Level: deploy.Block, Code: deploy.UnexpectedError,
		Text: "The parameters behind `|` cannot be read: ``the key `@all ` is odd``.",
		Hint: "Correct the parameters and run the command again.",
	}, said(t, d, "parameters"))
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
}
