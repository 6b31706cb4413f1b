package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestChecksWords(t *testing.T) {
	t.Parallel()
	const push = "Find out why on the *Checks* tab, push a correction or rerun what failed by chance, and run the command again."
	const wait = "Wait for the result and run the command again."
	many := make([]deploy.Check, 7)
	for i := range many {
		many[i] = run(fmt.Sprintf("c%d", i), "FAILURE")
	}
	twice := run("a", "FAILURE")
	twice.Workflow = "W_2"
	for name, test := range map[string]struct {
		settings   config.Checks
		checks     deploy.Checks
		text, hint string
	}{
		"one failed":         {all(), reported(run("a b", "FAILURE")), "1 check of this commit failed: `a b`.", push},
		"some failed":        {all(), reported(run("a", "FAILURE"), run("b", "SUCCESS"), status("c", "ERROR"), run("d", "")), "2 checks of this commit failed: `a`, `c`.", push},
		"many failed":        {all(), reported(many...), "7 checks of this commit failed: `c0`, `c1`, `c2`, `c3`, `c4` and 2 more.", push},
		"five failed":        {all(), reported(many[:5]...), "5 checks of this commit failed: `c0`, `c1`, `c2`, `c3`, `c4`.", push},
		"namesakes failed":   {all(), reported(run("a", "FAILURE"), twice), "1 check of this commit failed: `a`.", push},
		"one pending":        {all(), reported(run("a", "")), "1 check of this commit has not ended yet: `a`.", wait},
		"some pending":       {all(), reported(run("a", ""), status("b", "PENDING")), "2 checks of this commit have not ended yet: `a`, `b`.", wait},
		"one not reported":   {all(), expecting(reported(), "a"), "1 check of this commit has not ended yet: `a`.", wait + " A rule of the base requires `a`, which has not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."},
		"some not reported":  {all(), expecting(reported(run("x", "")), "a", "b", "a"), "3 checks of this commit have not ended yet: `x`, `a`, `b`.", wait + " A rule of the base requires `a`, `b`, which have not reported at all; if that never happens, the workflow can set `ignored_checks`, or `unreported_checks: ignore`."},
		"one missing":        {listed("a", "x"), reported(run("x", "FAILURE")), "1 check that must pass has not reported on this commit: `a`.", "Wait for the report and run the command again, or correct the names in the input `checks`."},
		"some missing":       {listed("a", "b", "a"), reported(), "2 checks that must pass have not reported on this commit: `a`, `b`.", "Wait for the report and run the command again, or correct the names in the input `checks`."},
		"reported twice":     {all(), reported(run("a", ""), with(run("a", ""), node("CR_x"))), "The checks of this commit cannot be judged: `a` was reported more than once, and GitHub does not say which report counts.", "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`."},
		"an unknown result":  {all(), reported(run("a", "MYSTERY")), "The checks of this commit cannot be judged: `a` has the result `MYSTERY`, which I do not know.", "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`."},
		"a problem":          {all(), deploy.Checks{SHA: headSHA, Problem: "GitHub's list of <checks> changed"}, "The checks of this commit cannot be judged: GitHub's list of &lt;checks\\> changed.", "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`."},
		"one has no name":    {all(), reported(deploy.Check{}), "The checks of this commit cannot be judged: one of them has no name.", "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`."},
		"of no commit":       {all(), deploy.Checks{}, "The checks of this commit cannot be judged: GitHub does not say which commit they belong to.", "Run the command again in a moment. If it stays so, rerun the checks, or name those that count in the input `checks`."},
		"failed and missing": {all(), expecting(reported(run("a", "FAILURE")), "b"), "1 check of this commit failed: `a`.", push},
	} {
		assert.Equal(t, deploy.Finding{
			Gate: "checks", Level: deploy.Block, Code: deploy.PrechecksFailed, Text: test.text, Hint: test.hint,
		}, said(t, checked(test.settings, test.checks), "checks"), name)
	}
	assert.Equal(t, "the checks of this commit have passed", said(t, checked(all(), reported(run("a", "SUCCESS"))), "checks").Text)
	assert.Equal(t, "no check reports on this commit", said(t, checked(all(), reported()), "checks").Text)
}

func TestChecksHostileNames(t *testing.T) {
	t.Parallel()
	assertHarmless(t, said(t, checked(all(), reported(run(hostile, "FAILURE"))), "checks"))
	assertHarmless(t, said(t, checked(all(), expecting(reported(), hostile)), "checks"))
	assertHarmless(t, said(t, checked(listed(hostile), reported()), "checks"))
	assertHarmless(t, said(t, checked(all(), reported(run("a", hostile))), "checks"))
	assertHarmless(t, said(t, checked(all(), reported(run(hostile, ""), with(run(hostile, ""), timeless))), "checks"))
}

// Checks of another commit than the head say nothing about it, however green they are.
func TestChecksOfAnotherCommit(t *testing.T) {
	t.Parallel()
	c, f := settings(), known()
	f.Pull.Checks.SHA = otherSHA
	d := deploy.Decide(asking(command.Deploy, "production"), c, f)
	assert.Equal(t, []string{"checks"}, blocked(d))
	assert.Equal(t, deploy.Finding{
		Gate: "checks", Level: deploy.Block, Code: deploy.PrechecksFailed,
		Text: "The pull request moved while it was being checked: its head is `1111111`, and the checks belong to `3333333`.",
		Hint: "Wait a moment and run the command again.",
	}, said(t, d, "checks"))
	c.Checks.Skip = []string{"production"}
	assert.Equal(t, []string{"checks"}, blocked(deploy.Decide(asking(command.Deploy, "production"), c, f)), "nor where checks do not count")
}

func TestChecksOfWhatIsNotTheHead(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.Checks = deploy.Checks{}
	f.Unavailable[deploy.ChecksPart] = deploy.Problem{Text: "No."}
	for name, r := range map[string]deploy.Request{"rollback": rollback("production"), "exact commit": exactly("production")} {
		d := deploy.Decide(r, exact(), f)
		assert.Equal(t, deploy.Proceed, d.Verdict, name)
		assert.Equal(t, deploy.Pass, said(t, d, "checks").Level, name)
		assert.Empty(t, d.Evidence.CommitStatus, "%s: checks were not read", name)
	}
}
