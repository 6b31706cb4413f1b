package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestChecksWords(t *testing.T) {
	t.Parallel()
	const push = "Find out why on the *Checks* tab, push a fix, or rerun flaky checks, and run the command again."
	const wait = "Wait for the result and run the command again."
	many := make([]deploy.Check, 7)
	for i := range many {
		many[i] = deploytest.CheckRun(fmt.Sprintf("c%d", i), "FAILURE")
	}
	twice := deploytest.CheckRun("a", "FAILURE")
	twice.Workflow = "W_2"
	for name, test := range map[string]struct {
		settings   config.Checks
		checks     deploy.Checks
		text, hint string
	}{
		"one failed":         {all(), reported(deploytest.CheckRun("a b", "FAILURE")), "1 check of this commit failed: `a b`.", push},
		"some failed":        {all(), reported(deploytest.CheckRun("a", "FAILURE"), deploytest.CheckRun("b", "SUCCESS"), status("c", "ERROR"), deploytest.CheckRun("d", "")), "2 checks of this commit failed: `a`, `c`.", push},
		"many failed":        {all(), reported(many...), "7 checks of this commit failed: `c0`, `c1`, `c2`, `c3`, `c4` and 2 more.", push},
		"five failed":        {all(), reported(many[:5]...), "5 checks of this commit failed: `c0`, `c1`, `c2`, `c3`, `c4`.", push},
		"namesakes failed":   {all(), reported(deploytest.CheckRun("a", "FAILURE"), twice), "1 check of this commit failed: `a`.", push},
		"one pending":        {all(), reported(deploytest.CheckRun("a", "")), "1 check of this commit has not ended yet: `a`.", wait},
		"some pending":       {all(), reported(deploytest.CheckRun("a", ""), status("b", "PENDING")), "2 checks of this commit have not ended yet: `a`, `b`.", wait},
		"one not reported":   {all(), expecting(reported(), "a"), "1 check of this commit has not ended yet: `a`.", wait + " A rule of the base requires `a`, which has not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."},
		"some not reported":  {all(), expecting(reported(deploytest.CheckRun("x", "")), "a", "b", "a"), "3 checks of this commit have not ended yet: `x`, `a`, `b`.", wait + " A rule of the base requires `a`, `b`, which have not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."},
		"one missing":        {listed("a", "x"), reported(deploytest.CheckRun("x", "FAILURE")), "1 check that must pass has not reported on this commit: `a`.", "Wait for the report and run the command again, or correct the names in the input `checks`."},
		"some missing":       {listed("a", "b", "a"), reported(), "2 checks that must pass have not reported on this commit: `a`, `b`.", "Wait for the report and run the command again, or correct the names in the input `checks`."},
		"reported twice":     {all(), reported(deploytest.CheckRun("a", ""), with(deploytest.CheckRun("a", ""), node("CR_x"))), "The checks of this commit could not be evaluated: `a` was reported more than once, and GitHub does not say which report counts.", "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."},
		"an unknown result":  {all(), reported(deploytest.CheckRun("a", "MYSTERY")), "The checks of this commit could not be evaluated: `a` has the result `MYSTERY`, which is unknown to me.", "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."},
		"a problem":          {all(), deploy.Checks{SHA: deploytest.HeadSHA, Problem: "GitHub's list of <checks> changed"}, "The checks of this commit could not be evaluated: GitHub's list of &lt;checks\\> changed.", "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."},
		"one has no name":    {all(), reported(deploy.Check{}), "The checks of this commit could not be evaluated: one of them has no name.", "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."},
		"of no commit":       {all(), deploy.Checks{}, "The checks of this commit could not be evaluated: GitHub does not say which commit they belong to.", "Run the command again in a moment. If this keeps happening, rerun the checks, or list those that count in the input `checks`."},
		"failed and missing": {all(), expecting(reported(deploytest.CheckRun("a", "FAILURE")), "b"), "1 check of this commit failed: `a`.", push},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, deploy.Finding{
				Gate: "checks", Level: deploy.Block, Code: deploy.PrechecksFailed, Text: test.text, Hint: test.hint,
			}, deploytest.Said(t, checked(test.settings, test.checks), "checks"))
		})
	}
	assert.Equal(t, "the checks of this commit have passed", deploytest.Said(t, checked(all(), reported(deploytest.CheckRun("a", "SUCCESS"))), "checks").Text)
	assert.Equal(t, "no check reports on this commit", deploytest.Said(t, checked(all(), reported()), "checks").Text)
}

func TestChecksHostileNames(t *testing.T) {
	t.Parallel()
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), reported(deploytest.CheckRun(deploytest.Hostile, "FAILURE"))), "checks"))
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), expecting(reported(), deploytest.Hostile)), "checks"))
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(listed(deploytest.Hostile), reported()), "checks"))
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), reported(deploytest.CheckRun("a", deploytest.Hostile))), "checks"))
	deploytest.AssertHarmless(t, deploytest.Said(t, checked(all(), reported(deploytest.CheckRun(deploytest.Hostile, ""), with(deploytest.CheckRun(deploytest.Hostile, ""), timeless))), "checks"))
}

// Checks of another commit than the head say nothing about it, however green they are.
func TestChecksOfAnotherCommit(t *testing.T) {
	t.Parallel()
	c, f := deploytest.Settings(), deploytest.Facts()
	f.Pull.Checks.SHA = deploytest.OtherSHA
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, []string{"checks"}, deploytest.Blocked(d))
	assert.Equal(t, deploy.Finding{
		Gate: "checks", Level: deploy.Block, Code: deploy.PrechecksFailed,
		Text: "The pull request moved while it was being checked: its head is `1111111`, and the checks belong to `3333333`.",
		Hint: "Wait a moment and run the command again.",
	}, deploytest.Said(t, d, "checks"))
	c.Checks.Skip = []string{"production"}
	assert.Equal(t, []string{"checks"}, deploytest.Blocked(deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)), "nor where checks do not count")
}

func TestChecksOfWhatIsNotTheHead(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.Checks = deploy.Checks{}
	f.Unavailable[deploy.ChecksPart] = deploy.Problem{Text: "No."}
	for name, r := range map[string]deploy.Request{"rollback": deploytest.Rollback("production"), "exact commit": deploytest.ExactCommit("production")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(r, exact(), f)
			assert.Equal(t, deploy.Proceed, d.Verdict)
			assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "checks").Level)
			assert.Empty(t, d.Evidence.CommitStatus, "checks were not read")
		})
	}
}
