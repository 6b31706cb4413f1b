package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

func TestFork(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.CrossRepo = true
	for name, r := range map[string]deploy.Request{
		"deploy": asking(command.Deploy, "dev"), "noop": asking(command.Noop, "dev"),
	} {
		d := deploy.Decide(r, settings(), f)
		assert.Equal(t, deploy.PrechecksFailed, d.Reason, name)
		assert.Equal(t, deploy.Block, said(t, d, "fork").Level, name)
	}
	f.Pull.HeadExists = false
	d := deploy.Decide(asking(command.Deploy, "dev"), settings(), f)
	assert.Equal(t, deploy.Pass, said(t, d, "commit").Level, "a fork's branch is nowhere here: the fork gate says all there is to say")
}

func TestRollbackOnAForkIsHarmless(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.CrossRepo = true
	assert.Equal(t, deploy.Proceed, deploy.Decide(rollback("production"), settings(), f).Verdict)
}

// What is not known to come from here does not pass for it.
func TestForkUnknown(t *testing.T) {
	t.Parallel()
	f := without(deploy.PullPart)
	f.Pull = deploy.PullRequest{}
	finding := said(t, deploy.Decide(asking(command.Deploy, "dev"), settings(), f), "fork")
	assert.Equal(t, deploy.Block, finding.Level)
	assert.Equal(t, deploy.UnexpectedError, finding.Code)
}

// forked are facts about a pull request from a fork, with settings that allow it.
func forked(decision string) (config.Config, deploy.Facts) {
	c, f := settings(), known()
	c.Origin.Forks = true
	f.Pull.CrossRepo, f.Pull.HeadRepo, f.Pull.HeadExists = true, "eve/shop", false
	f.Pull.ReviewDecision = decision
	return c, f
}

// What may be deployed of a fork is its commit: the name of its branch may be one of ours.
func TestForkAllowed(t *testing.T) {
	t.Parallel()
	c, f := forked(deploy.Approved)
	f.Pull.HeadRef = "main"
	d := deploy.Decide(asking(command.Deploy, "production"), c, f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.Target{
		Environment: "production", Ref: headSHA, SHA: headSHA, Kind: deploy.BranchTarget, Commit: f.Pull.Head,
	}, d.Target)
	assert.Equal(t, deploy.Pass, said(t, d, "fork").Level)
	d = deploy.Decide(asking(command.Noop, "production"), c, f)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
	assert.Equal(t, headSHA, d.Target.Ref)
}

// Nothing replaces the review of a fork: neither a rehearsal, nor an admin, nor skip_reviews.
func TestForkIsAlwaysReviewed(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]deploy.Level{
		deploy.Approved: deploy.Pass, "": deploy.Warn,
		deploy.ReviewRequired: deploy.Block, deploy.ChangesRequested: deploy.Block,
	} {
		for _, kind := range []command.Kind{command.Deploy, command.Noop} {
			c, f := forked(decision)
			c.Admins.Logins, f.Actor.Teams = []string{"octocat"}, []string{"acme/ops"}
			c.Reviews.Skip = []string{"production"}
			d := deploy.Decide(asking(kind, "production"), c, f)
			assert.Equal(t, want, said(t, d, "fork").Level, "%s %s", kind, decision)
			assert.Equal(t, want == deploy.Block, d.Verdict == deploy.Refuse, "%s %s", kind, decision)
			assert.NotEqual(t, deploy.Block, said(t, d, "reviews").Level, "%s %s: once is enough", kind, decision)
			assert.Equal(t, want == deploy.Block, said(t, d, "reviews").Text == "the review of a fork is the business of gate fork", "%s %s", kind, decision)
			assert.Equal(t, decision, d.Evidence.ReviewDecision)
		}
	}
	c, f := forked(deploy.ReviewRequired)
	finding := said(t, deploy.Decide(asking(command.Deploy, "production"), c, f), "fork")
	assert.Equal(t, deploy.PrechecksFailed, finding.Code)
	assert.Equal(t, "This pull request comes from a fork and still needs an approving review. Rehearsals and admins are held to that too.", finding.Text)
	assert.Contains(t, finding.Hint, "for a review")
	c, f = forked(deploy.ChangesRequested)
	finding = said(t, deploy.Decide(asking(command.Deploy, "production"), c, f), "fork")
	assert.Contains(t, finding.Text, "the reviewer asked for changes")
	assert.Contains(t, finding.Hint, "Answer the review")
}

// The review of a fork that could not be read is none.
func TestForkReviewUnread(t *testing.T) {
	t.Parallel()
	c, f := forked("")
	f.Unavailable[deploy.GatesPart] = deploy.Problem{Text: "I could not read the reviews.", Hint: "Add a permission."}
	finding := said(t, deploy.Decide(asking(command.Deploy, "production"), c, f), "fork")
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
		c, f := forked(deploy.Approved)
		f.Pull.HeadRepo, f.Pull.HeadRef = test.repository, test.branch
		d := deploy.Decide(asking(command.Deploy, "production"), c, f)
		assert.Equal(t, deploy.Proceed, d.Verdict, name)
		assert.True(t, d.Evidence.Fork, name)
		assert.Equal(t, test.want, d.Evidence.Head, name)
		assert.False(t, deploy.Decide(rollback("production"), c, f).Evidence.Fork, name)
		assert.Zero(t, deploy.Decide(rollback("production"), c, f).Evidence.Head, name)
		c.Origin.Forks = false
		d = deploy.Decide(asking(command.Deploy, "production"), c, f)
		assert.True(t, d.Evidence.Fork, name)
		assert.Zero(t, d.Evidence.Head, name)
	}
	d := deploy.Decide(asking(command.Deploy, "production"), settings(), known())
	assert.False(t, d.Evidence.Fork)
	assert.Zero(t, d.Evidence.Head)
}
