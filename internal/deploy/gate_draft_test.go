package deploy_test

import (
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
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Origin.Drafts, f.Pull.Draft = test.permitted, test.draft
			d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
			if test.hint == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict, "%+v", test)
				continue
			}
			assert.Equal(t, deploy.PrechecksFailed, d.Reason, "%+v", test)
			assert.Equal(t, deploy.Finding{
				Gate: "draft", Level: deploy.Block, Code: deploy.PrechecksFailed, Text: "This pull request is still a draft.", Hint: test.hint,
			}, deploytest.Said(t, d, "draft"), "%+v", test)
		}
	}
}

// The draft state is not guessed at, except where it does not matter.
func TestDraftUnread(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]deploy.Facts{"failed": deploytest.Without(deploy.GatesPart), "never asked": deploytest.Facts()} {
		if name == "never asked" {
			delete(f.Read, deploy.GatesPart)
		}
		c := deploytest.Settings()
		for _, gate := range []string{"draft", "conflicts", "reviews"} {
			finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), gate)
			assert.Equal(t, deploy.Block, finding.Level, "%s %s", name, gate)
			assert.Equal(t, deploy.UnexpectedError, finding.Code, "%s %s", name, gate)
			assert.Contains(t, finding.Text, "I could not read the", "%s %s", name, gate)
			assert.Contains(t, finding.Hint, "permission", "%s %s", name, gate)
		}
		c.Origin.Drafts = []string{"production"}
		assert.Equal(t, deploy.Pass, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "draft").Level, name)
		assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), c, f).Verdict, name)
		assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), exact(), f).Verdict, name)
	}
}
