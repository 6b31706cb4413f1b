package deploytest

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
)

// Promotion returns what a schedule starts: HeadSHA, which was merged, runs in dev and staging, and GoodSHA in production.
// GitHub confirms the runs that deployed them.
func Promotion() Trial {
	t := Trial{Request: Asking(command.Deploy, "production"), Config: Settings(), Facts: Confirm(Facts()), Lock: StickyLock("monalisa")}
	t.Config.Mode = config.Promote
	t.Request.Event.Name, t.Request.Event.OnPull, t.Request.Event.Pull, t.Request.Event.Comment = "schedule", false, 0, event.Comment{}
	t.Facts.Live = []deploy.Deployment{Ran(GoodSHA, 11)}
	t.Facts.Live[0].First = true
	t.Facts.Merged = deploy.MergedCommit{
		SHA: HeadSHA, Contained: true, Default: "main", InDefault: true, Commit: Commit(HeadSHA),
		Pulls: []deploy.CommitPull{{Number: 11, Base: "main", Head: HeadSHA, Merged: true, MergeCommit: HeadSHA}},
	}
	t.Facts.Changes = deploy.Changes{
		Comparison: deploy.Comparison{Base: GoodSHA, Head: HeadSHA, Runs: true, Trees: true}, Files: []string{"README.md"}, Ahead: deploy.Know(3), Behind: deploy.Know(0),
	}
	return t
}

// Tried returns a deployment of ours to production that ended so, after what runs there, without a success.
func Tried(sha string, run int64, state, description string) deploy.Deployment {
	d := Ran(sha, run)
	d.State, d.Succeeded, d.SucceededAt = state, false, deploy.Known[time.Time]{}
	d.Statuses = []deploy.Status{{State: state, Description: description, CreatedAt: deploy.Know(d.CreatedAt.Add(time.Minute))}}
	return d
}

// LeftFor returns a rollback in production from one commit to another.
func LeftFor(from, to string, run int64) deploy.Deployment {
	d := Ran(to, run)
	d.Rollback = &deploy.Rollback{From: from, To: to}
	return d
}
