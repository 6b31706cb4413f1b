package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// A template that cannot be used stops nothing.
func TestTemplate(t *testing.T) {
	t.Parallel()
	r, c := deploytest.Asking(command.Deploy, "production"), deploytest.Settings()
	r.Event.WorkflowSHA, c.Messages.TemplatePath = deploytest.StableSHA, ".github/result.md"
	d := deploy.Decide(r, c, deploytest.Without(deploy.TemplatePart))
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Finding{
		Gate: "template", Level: deploy.Warn, Text: "I could not read the template.", Hint: "Add a permission.",
	}, deploytest.Said(t, d, "template"))
	assert.Len(t, d.Warnings(), 1)
	d = deploy.Decide(r, c, deploytest.Facts())
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "template").Level)
}
