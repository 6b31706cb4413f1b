package deploy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
)

// production replaces what is known of the deployments there, newest first.
func production(deployments ...deploy.Deployment) func(*deploytest.Trial) {
	return func(t *deploytest.Trial) { t.Facts.Live = append(deployments, t.Facts.Live...) }
}

func TestForward(t *testing.T) {
	t.Parallel()
	const failed, started = "the job failed", "aborted: the deployment did not start"
	head, good, other := deploytest.HeadSHA, deploytest.GoodSHA, deploytest.OtherSHA
	same := deploytest.Ran(other, 12)
	same.TreeSHA = "tree of the head"
	says(t, "forward", map[string]promotionCase{
		"three commits": {func(*deploytest.Trial) {}, "", "it brings 3 commits to what runs there"},
		"the first one": {func(t *deploytest.Trial) { t.Facts.Live = nil }, "", "nothing runs there yet"},
		"it runs":       {production(deploytest.Ran(head, 12)), deploy.NothingToPromote, "`1111111` already runs in **production**."},
		"the same files": {
			func(t *deploytest.Trial) {
				production(same)(t)
				t.Facts.Merged.Commit.TreeSHA = same.TreeSHA
			}, deploy.NothingToPromote, "runs `3333333`, which has the same files as `1111111`.",
		},
		"rolled back": {
			production(deploytest.LeftFor(head, good, 13), deploytest.Ran(head, 12)), deploy.NothingToPromote, "**production** was rolled back from `1111111`",
		},
		"rolled back, without success": {
			func(t *deploytest.Trial) {
				tried := deploytest.Tried(good, 13, "FAILURE", failed)
				tried.Rollback = &deploy.Rollback{From: head, To: good}
				production(tried)(t)
			}, deploy.NothingToPromote, "was rolled back from",
		},
		"another commit was rolled back": {production(deploytest.LeftFor(other, good, 13)), "", ""},
		"its files were rolled back from": {
			func(t *deploytest.Trial) {
				production(deploytest.LeftFor(other, good, 13), same)(t)
				t.Facts.Merged.Commit.TreeSHA = same.TreeSHA
			}, deploy.NothingToPromote, "**production** was rolled back from `3333333`, which has the same files as `1111111`",
		},
		"its files were rolled back from, and succeeded again": {
			func(t *deploytest.Trial) {
				again := deploytest.Ran("5555555555555555555555555555555555555555", 14)
				again.TreeSHA = same.TreeSHA
				production(deploytest.Ran(good, 15), again, deploytest.LeftFor(other, good, 13), same)(t)
				t.Facts.Merged.Commit.TreeSHA = same.TreeSHA
			}, deploy.NothingToPromote, "**production** was rolled back from",
		},
		"it ran, and something older took its place": {
			production(deploytest.Ran(good, 13), deploytest.Ran(head, 12)), deploy.NothingToPromote, "`1111111` ran in **production** before, and `4444444`, which is older, took its place",
		},
		"too many deployments since it was written": {
			func(t *deploytest.Trial) {
				t.Facts.Live[0].First = false
				t.Facts.Live[0].CreatedAt = t.Facts.Merged.Commit.AuthoredAt.Value.Add(time.Second)
			}, deploy.NothingToPromote, "It is not known whether **production** was rolled back from `1111111`",
		},
		"deployments from before it was written": {
			func(t *deploytest.Trial) {
				t.Facts.Live[0].First = false
				t.Facts.Live[0].CreatedAt = t.Facts.Merged.Commit.AuthoredAt.Value.Add(-time.Second)
			}, "", "",
		},
		"it says that it was written later": {
			func(t *deploytest.Trial) {
				before := t.Facts.Deployments["staging"][0].CreatedAt
				t.Facts.Live[0].First, t.Facts.Live[0].CreatedAt = false, before.Add(time.Second)
				t.Facts.Merged.Commit.AuthoredAt = deploy.Know(before.Add(time.Hour))
			}, deploy.NothingToPromote, "It is not known whether **production** was rolled back from `1111111`",
		},
		"its files failed": {
			func(t *deploytest.Trial) {
				tried := deploytest.Tried(other, 12, "FAILURE", failed)
				tried.TreeSHA = "tree of the head"
				production(tried)(t)
				t.Facts.Merged.Commit.TreeSHA = tried.TreeSHA
			}, deploy.NothingToPromote, "did not succeed",
		},
		"it failed": {
			production(deploytest.Tried(head, 12, "FAILURE", failed)), deploy.NothingToPromote, "The last deployment of `1111111` to **production** did not succeed",
		},
		"it was lost": {
			func(t *deploytest.Trial) {
				lost := deploytest.Tried(head, 12, "IN_PROGRESS", "")
				lost.CreatedBy.State = deploy.RunEnded
				production(lost)(t)
			}, deploy.NothingToPromote, "did not succeed",
		},
		"it failed, and a person starts it": {
			func(t *deploytest.Trial) {
				production(deploytest.Tried(head, 12, "FAILURE", failed))(t)
				t.Request.Event.Name = "workflow_dispatch"
			}, "", "",
		},
		"it failed, and is run again": {
			func(t *deploytest.Trial) {
				production(deploytest.Tried(head, 12, "FAILURE", failed))(t)
				t.Request.Event.Run.Attempt = 2
			}, "", "",
		},
		"it failed, and a workflow starts another": {
			func(t *deploytest.Trial) {
				production(deploytest.Tried(head, 12, "FAILURE", failed))(t)
				t.Request.Event.Name, t.Request.Event.Triggering = "workflow_dispatch", "github-actions[bot]"
			}, deploy.NothingToPromote, "did not succeed",
		},
		"it failed, and no one knows who runs it again": {
			func(t *deploytest.Trial) {
				production(deploytest.Tried(head, 12, "FAILURE", failed))(t)
				t.Request.Event.Run.Attempt, t.Request.Event.Triggering = 2, ""
			}, deploy.NothingToPromote, "did not succeed",
		},
		"it did not start":   {production(deploytest.Tried(head, 12, "ERROR", started)), "", ""},
		"another one failed": {production(deploytest.Tried(other, 12, "FAILURE", failed)), "", ""},
		"one is under way": {
			production(deploytest.Tried(other, 12, "IN_PROGRESS", "")), deploy.NothingToPromote, "A deployment of `3333333` to **production** has not ended yet.",
		},
		"taken down": {
			func(t *deploytest.Trial) { t.Facts.Live[0].State = deploy.Inactive }, deploy.NothingToPromote, "What ran in **production** was taken down.",
		},
		"one that cannot be read": {
			func(t *deploytest.Trial) {
				t.Config.OrderScope = "own"
				veiled := deploytest.Foreign(good, deploy.Active)
				veiled.Unreadable = true
				production(veiled)(t)
			}, deploy.NothingToPromote, "A deployment to **production** has a payload that I cannot read",
		},
		"one before what runs that cannot be read": {
			func(t *deploytest.Trial) {
				veiled := deploytest.Foreign(other, deploy.Inactive)
				veiled.Unreadable, veiled.First = true, true
				t.Facts.Live[0].First = false
				t.Facts.Live = append(t.Facts.Live, veiled)
			}, "", "",
		},
		"too many of another tool": {
			func(t *deploytest.Trial) {
				t.Config.OrderScope = "own"
				t.Facts.Live = []deploy.Deployment{deploytest.Foreign(good, deploy.Active)}
			}, deploy.NothingToPromote, "It is not known what runs in **production**.",
		},
		"back": {
			func(t *deploytest.Trial) {
				t.Facts.Changes.Ahead, t.Facts.Changes.Behind = deploy.Know(0), deploy.Know(2)
			}, deploy.NothingToPromote,
			"`1111111` is older than `4444444`, which runs in **production**: a promotion does not go back.",
		},
		"what runs was never merged": {
			func(t *deploytest.Trial) { t.Facts.Changes.Behind = deploy.Know(2) }, deploy.NothingToPromote,
			"**production** runs `4444444`, which has 2 commits that `1111111` lacks: a promotion would undo that.",
		},
		"what runs was squashed": {
			func(t *deploytest.Trial) {
				t.Facts.Changes.Behind, t.Facts.Changes.Forms = deploy.Know(2), []string{"", t.Facts.Live[0].TreeSHA}
			}, "", "it brings 3 commits",
		},
		"its files are not known": {
			func(t *deploytest.Trial) {
				t.Facts.Live[0].TreeSHA = ""
				t.Facts.Changes.Behind, t.Facts.Changes.Forms = deploy.Know(2), []string{""}
			}, deploy.NothingToPromote, "would undo that",
		},
		"no comparison": {
			func(t *deploytest.Trial) { t.Facts.Changes = deploy.Changes{} }, deploy.UnexpectedError, "I could not compare `1111111` with `4444444`",
		},
		"what runs has changed": {
			func(t *deploytest.Trial) {
				production(deploytest.Ran(other, 12))(t)
				t.Request.Pinned = head
			}, deploy.NothingToPromote, "What runs in **production** changed a moment ago: it is `3333333` now.",
		},
	})
}

// The first page of deployments may not reach back to the time when the candidate was written.
func TestForwardReadsOn(t *testing.T) {
	t.Parallel()
	trial := deploytest.Promotion()
	trial.Facts.Older = "cursor"
	assert.Empty(t, deploy.NeedsKnowing(trial.Request, trial.Config, trial.Facts).Older)
	trial.Facts.Live[0].First, trial.Facts.Live[0].CreatedAt = false, trial.Facts.Merged.Commit.AuthoredAt.Value.Add(time.Second)
	assert.Equal(t, "cursor", deploy.NeedsKnowing(trial.Request, trial.Config, trial.Facts).Older)
}
