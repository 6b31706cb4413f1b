package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// promotionCase is what a gate says of a promotion in one situation.
type promotionCase struct {
	change func(*deploytest.Trial)
	reason deploy.Reason // "" for one that passes
	text   string        // that the finding contains
}

// says tries a gate of promotions in situations.
func says(t *testing.T, gate string, cases map[string]promotionCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := deploytest.Promotion()
			test.change(&trial)
			d := decided(trial)
			finding := deploytest.Said(t, d, gate)
			assert.Contains(t, finding.Text, test.text)
			if test.reason == "" {
				assert.Equal(t, deploy.Pass, finding.Level, finding.Text)
				return
			}
			assert.Equal(t, deploy.Block, finding.Level, finding.Text)
			assert.Equal(t, deploy.Refuse, d.Verdict)
			assert.Equal(t, test.reason, d.Reason)
		})
	}
}

// staging replaces what is known of the deployments there, newest first.
func staging(deployments ...deploy.Deployment) func(*deploytest.Trial) {
	return func(t *deploytest.Trial) {
		t.Facts.Deployments = map[string][]deploy.Deployment{"dev": t.Facts.Deployments["dev"], "staging": deployments}
	}
}

func TestCandidate(t *testing.T) {
	t.Parallel()
	replaced := deploytest.Own(deploytest.HeadSHA, deploy.Inactive)
	replaced.Succeeded = true
	unreadable := deploytest.Foreign(deploytest.HeadSHA, deploy.Active)
	unreadable.Unreadable = true
	says(t, "candidate", map[string]promotionCase{
		"one commit of the default branch": {func(*deploytest.Trial) {}, "", "every earlier environment runs `1111111`"},
		"no order": {
			func(t *deploytest.Trial) { t.Config.Order = nil }, deploy.UnexpectedError, "It is not known what comes before **production**",
		},
		"first in the order": {
			func(t *deploytest.Trial) { t.Config.Order = []string{"production", "staging"} }, deploy.UnexpectedError, "It is not known what comes before",
		},
		"no after in the rules file": {
			func(t *deploytest.Trial) {
				t.Config.Order = nil
				t.Govern()
			}, deploy.UnexpectedError, "It is not known what comes before",
		},
		"different commits": {
			staging(deploytest.Own(deploytest.OtherSHA, deploy.Active)), deploy.NothingToPromote,
			"The environments before **production** run different commits: `dev` runs `1111111`, `staging` runs `3333333`.",
		},
		"nothing yet":          {staging(), deploy.NothingToPromote, "Nothing has been deployed to `staging` yet."},
		"only another tool":    {staging(deploytest.Foreign(deploytest.HeadSHA, deploy.Active)), deploy.NothingToPromote, "No deployment of Lockstep"},
		"another tool since":   {staging(deploytest.Foreign(deploytest.OtherSHA, deploy.Active), replaced), deploy.NothingToPromote, "was made by another tool"},
		"a payload that is no": {staging(unreadable, replaced), deploy.NothingToPromote, "a payload that I cannot read"},
		"the newest failed": {
			staging(deploytest.Own(deploytest.OtherSHA, "FAILURE"), replaced), deploy.NothingToPromote, "The newest deployment to `staging`, of `3333333`, did not succeed.",
		},
		"one is under way": {
			staging(deploytest.Own(deploytest.OtherSHA, "IN_PROGRESS"), replaced), deploy.NothingToPromote, "A deployment of `3333333` to `staging` has not ended yet.",
		},
		"taken down":   {staging(replaced), deploy.NothingToPromote, "What ran in `staging` was taken down."},
		"no commit":    {staging(deploytest.Own("", deploy.Active)), deploy.NothingToPromote, "GitHub does not say which commit"},
		"never merged": {func(t *deploytest.Trial) { t.Facts.Merged.InDefault = false }, deploy.NothingToPromote, "`1111111` is not part of the default branch."},
		"not known whether it was merged": {
			func(t *deploytest.Trial) { t.Facts.Merged = deploy.MergedCommit{} }, deploy.UnexpectedError, "I could not read where `1111111` belongs.",
		},
		"GitHub does not answer": {
			func(t *deploytest.Trial) {
				t.Facts.MarkUnavailable(deploy.DeploymentsPart+"staging", deploy.Problem{Text: "GitHub is down."})
			}, deploy.UnexpectedError, "GitHub is down.",
		},
		"moved since the first look": {
			func(t *deploytest.Trial) { t.Request.Pinned = deploytest.OtherSHA }, deploy.NothingToPromote, "ran `3333333` a moment ago, and now `1111111`.",
		},
	})
}
