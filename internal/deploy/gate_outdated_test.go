package deploy_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// lagging are settings and facts about a head that lacks commits; its base is another branch than
// the stable one.
func lagging(mode config.OutdatedMode, base, stable int) (config.Config, deploy.Facts) {
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Origin.OtherBases, c.SecurityWarnings = true, false
	c.Outdated.Mode, f.Pull.BaseRef = mode, "develop"
	f.Pull.BehindBase, f.Pull.BehindStable = distance(base), distance(stable)
	return c, f
}

// unknown is a distance that could not be read.
const unknown = -1

func distance(commits int) deploy.Known[int] {
	if commits == unknown {
		return deploy.Known[int]{}
	}
	return deploy.Know(commits)
}

// behind names a distance.
func behind(commits int) string {
	if commits == unknown {
		return "unknown"
	}
	return strconv.Itoa(commits) + " behind"
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	const ask = "I could not read how many commits of "
	for _, test := range []struct {
		mode         config.OutdatedMode
		base, stable int
		mergeState   string
		text         string
	}{
		{config.OutdatedBase, 0, 9, "CLEAN", ""},
		{config.OutdatedBase, 0, unknown, "CLEAN", ""},
		{config.OutdatedBase, 1, 0, "CLEAN", "The branch is 1 commit behind `develop`."},
		{config.OutdatedBase, 0, 0, "BEHIND", "The branch is behind `develop`."},
		{config.OutdatedBase, 3, 0, "BEHIND", "The branch is 3 commits behind `develop`."},
		{config.OutdatedBase, unknown, 0, "BEHIND", "The branch is behind `develop`."},
		{config.OutdatedBase, unknown, 0, "CLEAN", ask + "`develop` the branch lacks."},

		{config.OutdatedStable, 9, 0, "CLEAN", ""},
		{config.OutdatedStable, 9, 0, "BEHIND", ""},
		{config.OutdatedStable, unknown, 0, "CLEAN", ""},
		{config.OutdatedStable, 0, 2, "CLEAN", "The branch is 2 commits behind `main`."},
		{config.OutdatedStable, 0, unknown, "CLEAN", ask + "`main` the branch lacks."},
		{config.OutdatedStable, 0, unknown, "BEHIND", ask + "`main` the branch lacks."},

		{config.OutdatedStrict, 0, 0, "CLEAN", ""},
		{config.OutdatedStrict, 1, 0, "CLEAN", "The branch is 1 commit behind `develop`."},
		{config.OutdatedStrict, 0, 1, "CLEAN", "The branch is 1 commit behind `main`."},
		{config.OutdatedStrict, 2, 3, "CLEAN", "The branch is 2 commits behind `develop` and 3 commits behind `main`."},
		{config.OutdatedStrict, 0, 0, "BEHIND", "The branch is behind `develop`."},
		{config.OutdatedStrict, unknown, 1, "CLEAN", "The branch is 1 commit behind `main`."},
		{config.OutdatedStrict, unknown, 0, "CLEAN", ask + "`develop` the branch lacks."},
		{config.OutdatedStrict, 0, unknown, "CLEAN", ask + "`main` the branch lacks."},

		{config.OutdatedStrict, 0, 0, "BLOCKED", ""},
		{config.OutdatedStrict, 0, 0, "UNKNOWN", ""},
		{config.OutdatedStrict, 0, 0, "UNSTABLE", ""},
		{config.OutdatedStrict, 0, 0, "HAS_HOOKS", ""},
		{config.OutdatedStrict, 0, 0, "DRAFT", ""},
	} {
		t.Run(fmt.Sprintf("%s, base %s, stable %s, %s", test.mode, behind(test.base), behind(test.stable), test.mergeState), func(t *testing.T) {
			t.Parallel()
			c, f := lagging(test.mode, test.base, test.stable)
			f.Pull.MergeState = test.mergeState
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			finding := deploytest.Said(t, d, "outdated")
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict)
				return
			}
			assert.Equal(t, test.text, finding.Text)
			assert.Equal(t, deploy.Block, finding.Level)
			assert.NotEmpty(t, finding.Hint)
			isUnknown := finding.Code == deploy.UnexpectedError
			assert.Equal(t, deploy.Known[bool]{Value: !isUnknown, OK: !isUnknown}, d.Evidence.Outdated)
			assert.Equal(t, isUnknown, strings.HasPrefix(test.text, ask))
			assert.False(t, d.Update, "only where it is asked for")
		})
	}
}

// Most pull requests lead into the stable branch: it is one branch then, and named once.
func TestOutdatedByOneBranch(t *testing.T) {
	t.Parallel()
	for _, mode := range []config.OutdatedMode{config.OutdatedStrict, config.OutdatedBase, config.OutdatedStable} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			c, f := deploytest.Settings(), deploytest.Facts()
			c.Outdated.Mode, f.Pull.BehindBase, f.Pull.BehindStable = mode, distance(2), distance(2)
			finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Noop, "production"), c, f), "outdated")
			assert.Equal(t, deploy.Finding{
				Gate: "outdated", Level: deploy.Block, Code: deploy.PrechecksFailed,
				Text: "The branch is 2 commits behind `main`.",
				Hint: "Merge `main` into it, wait for the checks, and run the command again.",
			}, finding)
		})
	}
}

func TestOutdatedDisabled(t *testing.T) {
	t.Parallel()
	for _, commits := range []int{0, 4, unknown} {
		t.Run(behind(commits), func(t *testing.T) {
			t.Parallel()
			c, f := lagging(config.OutdatedStrict, commits, commits)
			c.Outdated.Update = config.UpdateDisabled
			f.Unavailable[deploy.FreshnessPart] = deploy.Problem{Text: "No."}
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, deploy.Proceed, d.Verdict)
			assert.Equal(t, deploy.Known[bool]{Value: commits > 0, OK: commits != unknown}, d.Evidence.Outdated, "the output reports it nevertheless")
		})
	}
}

func TestOutdatedUnavailable(t *testing.T) {
	t.Parallel()
	f := deploytest.Without(deploy.FreshnessPart)
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f).Verdict, "what is needed was read")
	f.Pull.BehindBase, f.Pull.BehindStable = distance(unknown), distance(unknown)
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), f)
	assert.Equal(t, []string{"outdated"}, deploytest.Blocked(d))
	assert.Equal(t, "I could not read the distance to the base. Add a permission.", deploytest.Said(t, d, "outdated").Text+" "+deploytest.Said(t, d, "outdated").Hint)
}

// GitHub merges the base into the branch, which is worth a try only where that is what is missing.
func TestOutdatedUpdate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*config.Config, *deploy.Facts)
		want   bool
	}{
		"behind the base":         {func(*config.Config, *deploy.Facts) {}, true},
		"in GitHub's own words":   {func(_ *config.Config, f *deploy.Facts) { f.Pull.BehindBase, f.Pull.MergeState = distance(0), "BEHIND" }, true},
		"behind both":             {func(_ *config.Config, f *deploy.Facts) { f.Pull.BehindStable = distance(1) }, true},
		"still a draft":           {func(_ *config.Config, f *deploy.Facts) { f.Pull.Draft = true }, true},
		"not reviewed":            {func(_ *config.Config, f *deploy.Facts) { f.Pull.ReviewDecision = deploy.ReviewRequired }, true},
		"update_branch: warn":     {func(c *config.Config, _ *deploy.Facts) { c.Outdated.Update = config.UpdateWarn }, false},
		"update_branch: disabled": {func(c *config.Config, _ *deploy.Facts) { c.Outdated.Update = config.UpdateDisabled }, false},
		"up to date":              {func(_ *config.Config, f *deploy.Facts) { f.Pull.BehindBase = distance(0) }, false},
		"behind the stable one": {func(_ *config.Config, f *deploy.Facts) {
			f.Pull.BehindBase, f.Pull.BehindStable = distance(0), distance(1)
		}, false},
		"only the stable one counts": {func(c *config.Config, f *deploy.Facts) {
			c.Outdated.Mode, f.Pull.BehindStable = config.OutdatedStable, distance(1)
		}, false},
		"unknown":       {func(_ *config.Config, f *deploy.Facts) { f.Pull.BehindBase = distance(unknown) }, false},
		"conflicts":     {func(_ *config.Config, f *deploy.Facts) { f.Pull.MergeState = "DIRTY" }, false},
		"failed checks": {func(_ *config.Config, f *deploy.Facts) { f.Pull.Checks = reported(deploytest.CheckRun("a", "FAILURE")) }, false},
		"a fork":        {func(_ *config.Config, f *deploy.Facts) { f.Pull.CrossRepo = true }, false},
		"other base":    {func(c *config.Config, _ *deploy.Facts) { c.Origin.OtherBases = false }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := lagging(config.OutdatedStrict, 2, 0)
			c.Outdated.Update = config.UpdateForce
			test.change(&c, &f)
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, test.want, d.Update)
			hint := deploytest.Said(t, d, "outdated").Hint
			assert.Equal(t, test.want, strings.HasPrefix(hint, "I ask GitHub"))
			if test.want {
				assert.Equal(t, deploy.PrechecksFailed, d.Reason)
				assert.Equal(t, "I ask GitHub to merge `develop` into it. Wait for the checks of the new commit, and run the command again. "+
					"If none appear (GitHub starts no workflows for a merge by the workflow's own token), push a commit of your own.", hint)
				assert.Equal(t, deploytest.HeadSHA, d.Target.SHA, "the head that is to be updated")
			}
		})
	}
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Outdated = config.Outdated{Update: config.UpdateForce, Mode: config.OutdatedStable}
	f.Pull.BehindBase, f.Pull.BehindStable = distance(1), distance(1)
	assert.True(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f).Update, "the stable branch is the base")
}

func TestOutdatedHostile(t *testing.T) {
	t.Parallel()
	c, f := lagging(config.OutdatedStrict, 2, 0)
	f.Pull.BaseRef = deploytest.Hostile
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "outdated"))
	f.Pull.BehindBase = distance(unknown)
	deploytest.AssertHarmless(t, deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "outdated"))
}
