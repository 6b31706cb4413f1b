package deploytest

import (
	"time"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
)

// WayBack returns a command that goes back to GoodSHA, with facts that let it: OtherSHA runs in production, GoodSHA ran
// there before it, and GitHub confirms the runs that deployed them.
func WayBack() (deploy.Request, deploy.Facts) {
	f := Facts()
	f.Live = []deploy.Deployment{Ran(OtherSHA, 12), Ran(GoodSHA, 11)}
	f.Live[1].State, f.Live[1].First = deploy.Inactive, true
	for _, d := range f.Live {
		begun := d.CreatedAt.Add(-time.Minute)
		f.Origins = append(f.Origins, deploy.Origin{
			Run: d.CreatedBy.Run.ID, Exists: true, File: ".github/workflows/deploy.yml", Event: "issue_comment", Attempt: deploy.Know(1),
			CreatedAt: deploy.Know(begun), UpdatedAt: deploy.Know(begun.Add(3 * time.Minute)),
		})
	}
	return Asking(command.Rollback, "production"), f
}

// Ran returns a deployment of ours that succeeded, an hour before the command for each run less than 13.
func Ran(sha string, run int64) deploy.Deployment {
	d := Own(sha, deploy.Active)
	d.ID, d.TreeSHA, d.Succeeded, d.Commit = "DE_"+sha, "tree of "+sha, true, new(Commit(sha))
	d.CreatedAt = AskedAt().Add(-time.Duration(13-run) * time.Hour)
	d.SucceededAt = deploy.Know(d.CreatedAt.Add(time.Minute))
	d.CreatedBy = deploy.CreatedByRun{Run: deploy.RunID{ID: run, Attempt: 1}, Comment: run}
	return d
}

func wayBackSituations() Gate {
	return Gate{Name: "way back", Situations: []Situation{
		{"Nothing else has run in the environment successfully", "back", func(t *Trial) {
			t.Facts.Live = t.Facts.Live[:min(1, len(t.Facts.Live))]
		}},
		{"The command names a commit that never ran there", "back", func(t *Trial) { t.Request.Command.To = "abc1234" }},
		{"The run that deployed the target is of a pushed branch", "back", func(t *Trial) {
			for i := range t.Facts.Origins {
				t.Facts.Origins[i].Event = "pull_request"
			}
		}},
		{"The run is started again, and the environment has had another deployment since the command", "back", func(t *Trial) {
			t.rerun("hubot")
			newer := Ran(HeadSHA, 12)
			newer.CreatedAt = t.afterwards()
			t.Facts.Live = append([]deploy.Deployment{newer}, t.Facts.Live...)
		}},
	}}
}
