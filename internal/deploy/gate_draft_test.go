package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestDraft(t *testing.T) {
	t.Parallel()
	const ready = "Mark it as *Ready for review* (the button is at the end of the pull request) and run the command again."
	for _, test := range []struct {
		draft     bool
		permitted []string
		hint      string
	}{
		{false, nil, ""},
		{true, nil, ready},
		{true, []string{"dev", "staging"}, ready + " Drafts may be deployed to `dev`, `staging`."},
		{true, []string{"dev", "production"}, ""},
		{true, []string{"Production"}, ""},
		{false, []string{"production"}, ""},
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(fmt.Sprintf("%s, draft %t, drafts in %q", kind, test.draft, test.permitted), func(t *testing.T) {
				t.Parallel()
				c, f := deploytest.Settings(), deploytest.Facts()
				c.Origin.Drafts, f.Pull.Draft = test.permitted, test.draft
				d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
				if test.hint == "" {
					assert.Equal(t, deploy.Proceed, d.Verdict)
					return
				}
				assert.Equal(t, deploy.PrechecksFailed, d.Reason)
				assert.Equal(t, deploy.Finding{
					Gate: "draft", Level: deploy.Block, Code: deploy.PrechecksFailed, Text: "This pull request is still a draft.", Hint: test.hint,
				}, deploytest.Said(t, d, "draft"))
			})
		}
	}
}

// The draft state is not guessed at, except where it does not matter.
func TestDraftUnavailable(t *testing.T) {
	t.Parallel()
	neverRead := deploytest.Facts()
	delete(neverRead.Read, deploy.GatesPart)
	for name, f := range map[string]deploy.Facts{"unavailable": deploytest.Without(deploy.GatesPart), "never read": neverRead} {
		for _, gate := range []string{"draft", "conflicts", "reviews"} {
			t.Run(gate+", "+name, func(t *testing.T) {
				t.Parallel()
				finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f), gate)
				assert.Equal(t, deploy.Block, finding.Level)
				assert.Equal(t, deploy.UnexpectedError, finding.Code)
				assert.Contains(t, finding.Text, "I could not read the")
				assert.Contains(t, finding.Hint, "permission")
			})
		}
		t.Run("drafts may be deployed, "+name, func(t *testing.T) {
			t.Parallel()
			c := deploytest.Settings()
			c.Origin.Drafts = []string{"production"}
			assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "draft").Level)
			assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), c, f).Verdict)
			assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), exact(), f).Verdict)
		})
	}
}
