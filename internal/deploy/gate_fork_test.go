package deploy_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

func TestFork(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.CrossRepo = true
	for name, r := range map[string]deploy.Request{
		"deploy": deploytest.Asking(command.Deploy, "dev"), "noop": deploytest.Asking(command.Noop, "dev"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(r, deploytest.Settings(), f)
			assert.Equal(t, deploy.PrechecksFailed, d.Reason)
			assert.Equal(t, deploy.Block, deploytest.Said(t, d, "fork").Level)
		})
	}
}

// The branch of a fork is not in this repository: the fork gate alone decides.
func TestForkBranchIsElsewhere(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.CrossRepo, f.Pull.HeadExists = true, false
	d := deploy.Decide(deploytest.Asking(command.Deploy, "dev"), deploytest.Settings(), f)
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "commit").Level)
}

func TestRollbackOnAForkIsHarmless(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.CrossRepo = true
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Rollback("production"), deploytest.Settings(), f).Verdict)
}

// What is not known to come from here does not pass for it.
func TestForkUnknown(t *testing.T) {
	t.Parallel()
	f := deploytest.Without(deploy.PullPart)
	f.Pull = deploy.PullRequest{}
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "dev"), deploytest.Settings(), f), "fork")
	assert.Equal(t, deploy.Block, finding.Level)
	assert.Equal(t, deploy.UnexpectedError, finding.Code)
}

// forked are facts about a pull request from a fork, with settings that allow it.
func forked(decision string) (config.Config, deploy.Facts) {
	c, f := deploytest.Settings(), deploytest.Facts()
	c.Origin.Forks = true
	f.Pull.CrossRepo, f.Pull.HeadRepo, f.Pull.HeadExists = true, "eve/shop", false
	f.Pull.ReviewDecision = decision
	return c, f
}

// The author of a pull request chooses its base: one without rules does not stand in for the stable branch.
func TestForkIntoAnotherBase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base, decision string
		want           deploy.Level
	}{
		"stable branch, no rule":   {"main", "", deploy.Warn},
		"another base, no rule":    {"dev-base", "", deploy.Block},
		"another base, reviewed":   {"dev-base", deploy.Approved, deploy.Pass},
		"another base, unreviewed": {"dev-base", deploy.ReviewRequired, deploy.Block},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := forked(test.decision)
			c.Origin.OtherBases, f.Pull.BaseRef = true, test.base
			for _, kind := range []command.Kind{command.Deploy, command.Noop} {
				assert.Equal(t, test.want, deploytest.Said(t, deploy.Decide(deploytest.Asking(kind, "dev"), c, f), "fork").Level)
			}
		})
	}
}

// What may be deployed of a fork is its commit: the name of its branch may be one of ours.
func TestForkAllowed(t *testing.T) {
	t.Parallel()
	c, f := forked(deploy.Approved)
	f.Pull.HeadRef = "main"
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: deploytest.HeadSHA, SHA: deploytest.HeadSHA, Kind: deploy.BranchTarget, Commit: f.Pull.Head,
	}, d.Target)
	assert.Equal(t, deploy.Pass, deploytest.Said(t, d, "fork").Level)
	d = deploy.Decide(deploytest.Asking(command.Noop, "production"), c, f)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
	assert.Equal(t, deploytest.HeadSHA, d.Target.Ref)
}

// Nothing replaces the review of a fork: neither a rehearsal, nor an admin, nor skip_reviews.
func TestForkIsAlwaysReviewed(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]deploy.Level{
		deploy.Approved: deploy.Pass, "": deploy.Warn,
		deploy.ReviewRequired: deploy.Block, deploy.ChangesRequested: deploy.Block,
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+" "+cmp.Or(decision, "no review"), func(t *testing.T) {
				t.Parallel()
				c, f := forked(decision)
				c.Admins.Logins, f.Actor.Teams = []string{"octocat"}, []string{"acme/ops"}
				c.Reviews.Skip = []string{"production"}
				d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
				assert.Equal(t, want, deploytest.Said(t, d, "fork").Level)
				assert.Equal(t, want == deploy.Block, d.Verdict == deploy.Refuse)
				assert.NotEqual(t, deploy.Block, deploytest.Said(t, d, "reviews").Level, "once is enough")
				assert.Equal(t, decision != "", deploytest.Said(t, d, "reviews").Text == "gate fork decides on the review of a fork")
				assert.Equal(t, decision, d.Evidence.ReviewDecision)
			})
		}
	}
	c, f := forked(deploy.ReviewRequired)
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "fork")
	assert.Equal(t, deploy.PrechecksFailed, finding.Code)
	assert.Equal(t, "This pull request comes from a fork and still needs an approving review. That applies to rehearsals and admins too.", finding.Text)
	assert.Contains(t, finding.Hint, "for a review")
	c, f = forked(deploy.ChangesRequested)
	finding = deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "fork")
	assert.Contains(t, finding.Text, "the reviewer asked for changes")
	assert.Contains(t, finding.Hint, "Answer the review")
}

// What a fork got after its approval was approved by no one.
func TestForkIsApprovedAtItsHead(t *testing.T) {
	t.Parallel()
	older := deploy.Approval{Commit: deploytest.OtherSHA, Since: deploy.Know(2)}
	newest := deploy.Approval{Commit: deploytest.HeadSHA, Since: deploy.Know(0)}
	const sentence = "This pull request comes from a fork, whose newest commit no one with write access has approved. "
	for name, test := range map[string]struct {
		approved []deploy.Approval
		text     string // "" passes
	}{
		"the head":                         {[]deploy.Approval{newest}, ""},
		"an older one and the head":        {[]deploy.Approval{older, newest}, ""},
		"the head, and later an older one": {[]deploy.Approval{newest, older}, ""},
		"an older one":                     {[]deploy.Approval{older}, sentence + "The approval is of `3333333`, and not of the newest commit `1111111`, 2 commits later."},
		"one that is gone":                 {[]deploy.Approval{{Commit: deploytest.OtherSHA}}, sentence + "The approval is of `3333333`, and not of the newest commit `1111111`."},
		"one that is not shown":            {[]deploy.Approval{{}}, sentence + "The approval is not of the newest commit, and GitHub does not say of which it is."},
		"no approval of a writer":          {nil, sentence + "The approval is not of the newest commit, and GitHub does not say of which it is."},
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			t.Run(kind.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				c, f := forked(deploy.Approved)
				c.Admins.Logins, f.Pull.Approved = []string{"octocat"}, test.approved
				d := deploy.Decide(deploytest.Asking(kind, "production"), c, f)
				assert.Equal(t, test.text != "", d.Verdict == deploy.Refuse)
				if test.text != "" {
					assert.Equal(t, test.text, deploytest.Said(t, d, "fork").Text)
					assert.Equal(t, []string{"fork"}, deploytest.Blocked(d))
				}
				f.Pull.CrossRepo = false
				c.Admins.Logins = nil
				said := deploytest.Said(t, deploy.Decide(deploytest.Asking(kind, "production"), c, f), "reviews")
				assert.Equal(t, test.text != "", said.Level == deploy.Warn)
				if test.text != "" {
					assert.Equal(t, strings.TrimPrefix(test.text, sentence), said.Text)
				}
			})
		}
	}
}

// A review of a fork that could not be read does not count.
func TestForkReviewUnavailable(t *testing.T) {
	t.Parallel()
	c, f := forked("")
	f.Unavailable[deploy.GatesPart] = deploy.Problem{Text: "I could not read the reviews.", Hint: "Add a permission."}
	finding := deploytest.Said(t, deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f), "fork")
	assert.Equal(t, deploy.Finding{
		Gate: "fork", Level: deploy.Block, Code: deploy.UnexpectedError, Text: "I could not read the reviews.", Hint: "Add a permission.",
	}, finding)
}

func TestForkHead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		repository, branch string
		want               deploy.ForkHead
	}{
		"fork":         {"eve/shop", "patch-1", deploy.ForkHead{Ref: "patch-1", Label: "eve:patch-1", Checkout: "eve-patch-1 patch-1", FullName: "eve/shop"}},
		"nested":       {"eve/shop", "a/b:c", deploy.ForkHead{Ref: "a/b:c", Label: "eve:a/b:c", Checkout: "eve-a/b:c a/b:c", FullName: "eve/shop"}},
		"deleted fork": {"", "patch-1", deploy.ForkHead{Ref: "patch-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := forked(deploy.Approved)
			f.Pull.HeadRepo, f.Pull.HeadRef = test.repository, test.branch
			d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.Equal(t, deploy.Proceed, d.Verdict)
			assert.True(t, d.Evidence.Fork)
			assert.Equal(t, test.want, d.Evidence.Head)
			assert.False(t, deploy.Decide(deploytest.Rollback("production"), c, f).Evidence.Fork)
			assert.Zero(t, deploy.Decide(deploytest.Rollback("production"), c, f).Evidence.Head)
			c.Origin.Forks = false
			d = deploy.Decide(deploytest.Asking(command.Deploy, "production"), c, f)
			assert.True(t, d.Evidence.Fork)
			assert.Zero(t, d.Evidence.Head)
		})
	}
	d := deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts())
	assert.False(t, d.Evidence.Fork)
	assert.Zero(t, d.Evidence.Head)
}
