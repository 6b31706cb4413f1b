package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// exact are settings that let a command name a commit, without an order that it would have to meet.
func exact() config.Config {
	c := deploytest.Settings()
	c.Origin.ExactCommits, c.Order = true, nil
	return c
}

func TestExactCommit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		enabled, anyCommit bool
		found              deploy.ExactCommit
		text               string
	}{
		"contained":               {true, false, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.OtherSHA), Contained: true}, ""},
		"contained nowhere":       {true, false, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.OtherSHA)}, "The commit `3333333` is part of neither `main` nor this pull request."},
		"any commit":              {true, true, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.OtherSHA)}, ""},
		"any commit, unknown":     {true, true, deploy.ExactCommit{}, "There is no commit `3333333` in this repository."},
		"none":                    {true, false, deploy.ExactCommit{}, "There is no commit `3333333` in this repository."},
		"another one":             {true, false, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.HeadSHA), Contained: true}, "There is no commit `3333333` in this repository."},
		"not enabled":             {false, false, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.OtherSHA), Contained: true}, "Deploying an exact commit is not enabled here."},
		"not enabled, any commit": {false, true, deploy.ExactCommit{Commit: deploytest.Commit(deploytest.OtherSHA), Contained: true}, "Deploying an exact commit is not enabled here."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := exact(), deploytest.Facts()
			c.Origin.ExactCommits, c.Origin.AnyExactCommit = test.enabled, test.anyCommit
			f.Exact = test.found
			d := deploy.Decide(deploytest.ExactCommit("production"), c, f)
			if test.text == "" {
				assert.Equal(t, deploy.Proceed, d.Verdict)
				assert.Equal(t, deploy.Target{
					Environment: "production", Ref: deploytest.OtherSHA, SHA: deploytest.OtherSHA, Kind: deploy.SHATarget, Commit: deploytest.Commit(deploytest.OtherSHA),
				}, d.Target)
				return
			}
			assert.Equal(t, deploy.PrechecksFailed, d.Reason)
			assert.Equal(t, []string{"commit"}, deploytest.Blocked(d))
			assert.Equal(t, test.text, deploytest.Said(t, d, "commit").Text)
			assert.NotEmpty(t, deploytest.Said(t, d, "commit").Hint)
			assert.Contains(t, []string{"", deploytest.OtherSHA}, d.Target.Commit.SHA, "another commit does not appear")
		})
	}
}

func TestExactCommitUnavailable(t *testing.T) {
	t.Parallel()
	for _, part := range []deploy.Part{deploy.ExactPart, deploy.PullPart} {
		t.Run(string(part), func(t *testing.T) {
			t.Parallel()
			f := deploytest.Without(part)
			d := deploy.Decide(deploytest.ExactCommit("production"), exact(), f)
			assert.Equal(t, deploy.Finding{
				Gate: "commit", Level: deploy.Block, Code: deploy.UnexpectedError,
				Text: "I could not read the " + string(part) + ".", Hint: "Add a permission.",
			}, deploytest.Said(t, d, "commit"))
		})
	}
}

// What was read about an exact commit counts for no other request, and the other way round.
func TestExactCommitNeedsNothingElse(t *testing.T) {
	t.Parallel()
	f := deploytest.Facts()
	f.Pull.HeadExists, f.Pull.Head, f.Stable = false, deploy.Commit{}, deploy.Branch{}
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), exact(), f).Verdict)
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Without(deploy.ExactPart)).Verdict)
}

func TestExactCommitRehearsed(t *testing.T) {
	t.Parallel()
	r := deploytest.ExactCommit("production")
	r.Command.Kind = command.Noop
	d := deploy.Decide(r, exact(), deploytest.Facts())
	assert.Equal(t, deploy.NoopReady, d.Reason)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
	assert.Equal(t, deploytest.OtherSHA, d.Target.SHA)
	assert.Equal(t, deploytest.OtherSHA, d.Evidence.ExactSHA)
	assert.Empty(t, deploy.Decide(r, deploytest.Settings(), deploytest.Facts()).Evidence.ExactSHA, "not where it is not enabled")
}

// The order is about the exact commit, not about the head.
func TestExactCommitInOrder(t *testing.T) {
	t.Parallel()
	c, f := exact(), deploytest.Facts()
	c.Order = []string{"dev", "production"}
	assert.Equal(t, deploy.DeploymentOrderFailed, deploy.Decide(deploytest.ExactCommit("production"), c, f).Reason)
	f.Deployments["dev"] = []deploy.Deployment{deploytest.Own(deploytest.OtherSHA, "ACTIVE")}
	assert.Equal(t, deploy.DeploymentReady, deploy.Decide(deploytest.ExactCommit("production"), c, f).Reason)
}

// A fork is allowed or not; its review is as little a matter of an exact commit as any other.
func TestExactCommitOnFork(t *testing.T) {
	t.Parallel()
	c, f := exact(), deploytest.Facts()
	f.Pull.CrossRepo, f.Pull.ReviewDecision = true, deploy.ReviewRequired
	assert.Equal(t, []string{"fork"}, deploytest.Blocked(deploy.Decide(deploytest.ExactCommit("production"), c, f)))
	c.Origin.Forks = true
	assert.Equal(t, deploy.Proceed, deploy.Decide(deploytest.ExactCommit("production"), c, f).Verdict)
}
