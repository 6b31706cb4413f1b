package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// A template that cannot be used stops nothing.
func TestTemplate(t *testing.T) {
	t.Parallel()
	d := deploy.Decide(asking(command.Deploy, "production"), settings(), without(deploy.TemplatePart))
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Finding{
		Gate: "template", Level: deploy.Warn, Text: "I could not read the template.", Hint: "Add a permission.",
	}, said(t, d, "template"))
	assert.Len(t, d.Warnings(), 1)
	d = deploy.Decide(asking(command.Noop, "production"), settings(), known())
	assert.Equal(t, deploy.Pass, said(t, d, "template").Level)
}
