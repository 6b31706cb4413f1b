package deploy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// exact are settings that let a command name a commit, without an order that it would have to meet.
func exact() config.Config {
	c := settings()
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
		"contained":               {true, false, deploy.ExactCommit{Commit: commit(otherSHA), Contained: true}, ""},
		"contained nowhere":       {true, false, deploy.ExactCommit{Commit: commit(otherSHA)}, "The commit `3333333` is part of neither `main` nor this pull request."},
		"any commit":              {true, true, deploy.ExactCommit{Commit: commit(otherSHA)}, ""},
		"any commit that is none": {true, true, deploy.ExactCommit{}, "There is no commit `3333333` in this repository."},
		"none":                    {true, false, deploy.ExactCommit{}, "There is no commit `3333333` in this repository."},
		"another one":             {true, false, deploy.ExactCommit{Commit: commit(headSHA), Contained: true}, "There is no commit `3333333` in this repository."},
		"not enabled":             {false, false, deploy.ExactCommit{Commit: commit(otherSHA), Contained: true}, "Deploying an exact commit is not enabled here."},
		"not enabled, any commit": {false, true, deploy.ExactCommit{Commit: commit(otherSHA), Contained: true}, "Deploying an exact commit is not enabled here."},
	} {
		c, f := exact(), known()
		c.Origin.ExactCommits, c.Origin.AnyExactCommit = test.enabled, test.anyCommit
		f.Exact = test.found
		d := deploy.Decide(exactly("production"), c, f)
		if test.text == "" {
			assert.Equal(t, deploy.Proceed, d.Verdict, name)
			assert.Equal(t, deploy.Target{
				Environment: "production", Ref: otherSHA, SHA: otherSHA, Kind: deploy.SHATarget, Commit: commit(otherSHA),
			}, d.Target, name)
			continue
		}
		assert.Equal(t, deploy.PrechecksFailed, d.Reason, name)
		assert.Equal(t, []string{"commit"}, blocked(d), name)
		assert.Equal(t, test.text, said(t, d, "commit").Text, name)
		assert.NotEmpty(t, said(t, d, "commit").Hint, name)
		assert.Contains(t, []string{"", otherSHA}, d.Target.Commit.SHA, "%s: nothing is said of another commit", name)
	}
}

func TestExactCommitUnread(t *testing.T) {
	t.Parallel()
	for _, part := range []deploy.Part{deploy.ExactPart, deploy.PullPart} {
		f := without(part)
		d := deploy.Decide(exactly("production"), exact(), f)
		assert.Equal(t, deploy.Finding{
			Gate: "commit", Level: deploy.Block, Code: deploy.UnexpectedError,
			Text: "I could not read the " + string(part) + ".", Hint: "Add a permission.",
		}, said(t, d, "commit"), part)
	}
}

// What was read of an exact commit counts for nobody else, and the other way round.
func TestExactCommitNeedsNothingElse(t *testing.T) {
	t.Parallel()
	f := known()
	f.Pull.HeadExists, f.Pull.Head, f.Stable = false, deploy.Commit{}, deploy.Branch{}
	assert.Equal(t, deploy.Proceed, deploy.Decide(exactly("production"), exact(), f).Verdict)
	assert.Equal(t, deploy.Proceed, deploy.Decide(asking(command.Deploy, "production"), settings(), without(deploy.ExactPart)).Verdict)
}

func TestExactCommitRehearsed(t *testing.T) {
	t.Parallel()
	r := exactly("production")
	r.Command.Kind = command.Noop
	d := deploy.Decide(r, exact(), known())
	assert.Equal(t, deploy.NoopReady, d.Reason)
	assert.Equal(t, deploy.NoopTarget, d.Target.Kind)
	assert.Equal(t, otherSHA, d.Target.SHA)
	assert.Equal(t, otherSHA, d.Evidence.ExactSHA)
	assert.Empty(t, deploy.Decide(r, settings(), known()).Evidence.ExactSHA, "not where it is not enabled")
}

// The order holds for the exact commit, not for the head.
func TestExactCommitInOrder(t *testing.T) {
	t.Parallel()
	c, f := exact(), known()
	c.Order = []string{"dev", "production"}
	assert.Equal(t, deploy.DeploymentOrderFailed, deploy.Decide(exactly("production"), c, f).Reason)
	f.Deployments["dev"] = []deploy.Deployment{own(otherSHA, "ACTIVE")}
	assert.Equal(t, deploy.DeploymentReady, deploy.Decide(exactly("production"), c, f).Reason)
}

// A fork is allowed or not; its review is as little a matter of an exact commit as any other.
func TestExactCommitOnFork(t *testing.T) {
	t.Parallel()
	c, f := exact(), known()
	f.Pull.CrossRepo, f.Pull.ReviewDecision = true, deploy.ReviewRequired
	assert.Equal(t, []string{"fork"}, blocked(deploy.Decide(exactly("production"), c, f)))
	c.Origin.Forks = true
	assert.Equal(t, deploy.Proceed, deploy.Decide(exactly("production"), c, f).Verdict)
}
