package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestTargetBranch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		base, stable   string
		others, advice bool
		want           deploy.Level
	}{
		{"main", "main", false, true, deploy.Pass},
		{"main", "main", true, true, deploy.Pass},
		{"develop", "main", false, true, deploy.Block},
		{"develop", "main", false, false, deploy.Block},
		{"develop", "main", true, true, deploy.Warn},
		{"develop", "main", true, false, deploy.Pass},
		{"Main", "main", false, true, deploy.Block},
		{"", "main", false, true, deploy.Block},
		{"develop", "develop", false, true, deploy.Pass},
	} {
		c, f := deploytest.Settings(), deploytest.Facts()
		c.StableBranch, c.Origin.OtherBases, c.SecurityWarnings = test.stable, test.others, test.advice
		f.Pull.BaseRef = test.base
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(fmt.Sprintf("%s, %q into %q, others allowed %t, advice %t", kind, test.base, test.stable, test.others, test.advice), func(t *testing.T) {
				t.Parallel()
				d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
				assert.Equal(t, test.want, deploytest.Said(t, d, "target branch").Level)
				assert.Equal(t, test.want == deploy.Block, d.Reason == deploy.PrechecksFailed)
				assert.Equal(t, test.base != "" && test.base != test.stable, d.Evidence.OtherBase)
			})
		}
	}
}

func TestTargetBranchWords(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	f.Pull.BaseRef = "develop"
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "target branch")
	assert.Equal(t, "This pull request targets `develop`; only pull requests into `main` can be deployed.", finding.Text)
	assert.Contains(t, finding.Hint, "Change the base of the pull request to `main`.")
	assert.Contains(t, finding.Hint, "`allow_non_default_target_branch_deployments: true`")

	c.Origin.OtherBases = true
	finding = deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "target branch")
	assert.Contains(t, finding.Text, "`develop` instead of `main`")

	f.Pull.BaseRef = deploytest.Hostile
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "target branch"))
}

func TestTargetBranchOfRollback(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.BaseRef = "develop"
	d := deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.True(t, d.Evidence.OtherBase, "the output reports it nevertheless")
	assert.Equal(t, deploy.Block, deploytest.Said(t, deploy.Decide(deploytest.ExactCommit("dev"), deploytest.Settings(), f), "target branch").Level)
}

func TestTargetBranchUnavailable(t *testing.T) {
	t.Parallel()
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Without(deploy.PullPart)), "target branch")
	assert.Equal(t, deploy.Block, finding.Level)
	assert.Equal(t, deploy.UnexpectedError, finding.Code)
	assert.Equal(t, "I could not read the pull request.", finding.Text)
}
