package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// publishing is a workflow in mode status: on an event without a pull request, by a user who may do nothing.
func publishing() (deploy.Request, config.Config, deploy.Facts) {
	r, c, f := deploytest.Asking(0, "").Publishing(), deploytest.Settings(), deploytest.Facts()
	r.Event.Pull, r.Event.OnPull, r.Event.Comment.CreatedAt = 0, false, time.Time{}
	c.Mode = config.ShowStatus
	f.Actor.Permission, f.Actor.Role = "none", "none"
	return r, c, f
}

func TestPublish(t *testing.T) {
	t.Parallel()
	r, c, f := publishing()
	d := deploy.Decide(r, c, f)
	assert.Equal(t, deploy.Proceed, d.Verdict)
	assert.Equal(t, deploy.StatusCompleted, d.Reason)
	require.NotNil(t, d.Board)
	assert.Len(t, d.Board.Rows, len(c.Environments()))
	for _, row := range d.Board.Rows {
		assert.Nil(t, row.Asked, row.Environment)
	}
}

// The command that a pull request is asked about is typed at the time of the facts.
func TestPublishOnAPullRequest(t *testing.T) {
	t.Parallel()
	r, c, f := publishing()
	r.Event.Pull = 12
	f.Actor = deploytest.Facts().Actor
	for _, row := range deploy.Decide(r, c, f).Board.Rows {
		require.NotNil(t, row.Asked, row.Environment)
		assert.Empty(t, deploytest.Blocked(*row.Asked), row.Environment)
	}
	f.Actor.Permission, f.Actor.Role = "none", "none"
	for _, row := range deploy.Decide(r, c, f).Board.Rows {
		assert.Equal(t, []string{"permission"}, deploytest.Blocked(*row.Asked), row.Environment)
	}
}

// What cannot be read is a warning; a board of which nothing can be read is a failure.
func TestPublishWithoutFacts(t *testing.T) {
	t.Parallel()
	r, c, f := publishing()
	problem := deploy.Problem{Text: "I could not read it.", Hint: "Add a permission."}
	names := c.Environments()
	f.MarkUnavailable(deploy.DeploymentsPart+deploy.Part(names[0]), problem)
	f.MarkUnavailable(deploy.LocksPart, problem)
	d := deploy.Decide(r, c, f)
	assert.Equal(t, deploy.StatusCompleted, d.Reason)
	assert.Empty(t, d.Blocking())
	assert.Len(t, d.Warnings(), 1+len(names))
	for _, name := range names {
		f.MarkUnavailable(deploy.DeploymentsPart+deploy.Part(name), problem)
	}
	d = deploy.Decide(r, c, f)
	assert.Equal(t, deploy.UnexpectedError, d.Reason)
	assert.Len(t, d.Blocking(), len(names))
	assert.NotNil(t, d.Board, "it is shown all the same")
}

// The rules file names the environments, and is read before them.
func TestNeedsOfPublishing(t *testing.T) {
	t.Parallel()
	r, c, f := publishing()
	c.PolicyFile.Path = ".github/lockstep.yml"
	first := deploy.NeedsFor(r, c)
	assert.Equal(t, ".github/lockstep.yml", first.Policy)
	assert.Empty(t, first.Board.Environments)
	then := deploy.NeedsKnowing(r, c, f)
	assert.Equal(t, c.Environments(), then.Board.Environments)
	assert.Empty(t, then.Actor, "no one needs a permission")
	r.Event.Pull = 12
	assert.NotEmpty(t, deploy.NeedsKnowing(r, c, f).Actor)
	assert.Equal(t, f.ReadAt, deploy.NeedsKnowing(r, c, f).Asked)
	c.PolicyFile.Path, r.Event.Pull = "", 0
	assert.Equal(t, c.Environments(), deploy.NeedsFor(r, c).Board.Environments, "without a file it is one query")
}
