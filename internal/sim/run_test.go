package sim_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func TestWorkflowRuns(t *testing.T) {
	g := start(t)
	id := g.AddRun(sim.WorkflowRun{Name: "deploy", Event: "issue_comment", Actor: "alice"})
	big := g.AddRun(sim.WorkflowRun{ID: 1 << 40})
	assert.Equal(t, int64(1)<<40, big)
	path := fmt.Sprintf("GET /./actions/runs/%d", id)
	play(t, g, []exchange{
		{"running", path, nil, 200, `{"name": "deploy", "event": "issue_comment", "status": "in_progress", "conclusion": null, "run_number": 1, "run_attempt": 1,
			"head_branch": "main", "head_sha": "` + g.Head("main") + `", "actor": {"login": "alice"}}`},
		{"large id", "GET /./actions/runs/1099511627776", nil, 200, `{"id": 1099511627776, "run_number": 2}`},
		{"missing", "GET /./actions/runs/1", nil, 404, `{"message": "Not Found"}`},
	})
	g.FinishRun(id, "cancelled")
	play(t, g, []exchange{{"finished", path, nil, 200, `{"status": "completed", "conclusion": "cancelled", "run_attempt": 1}`}})
	g.ResumeRun(id)
	play(t, g, []exchange{{"another job", path, nil, 200, `{"status": "in_progress", "conclusion": null, "run_attempt": 1}`}})
	g.FinishRun(id, "success")
	g.Rerun(id, "bob")
	play(t, g, []exchange{{"again", path, nil, 200, `{"status": "in_progress", "conclusion": null, "run_attempt": 2, "actor": {"login": "alice"}, "triggering_actor": {"login": "bob"}}`}})
	assert.Equal(t, ".github/workflows/ci.yml", g.Runs()[0].Path)
	assert.Equal(t, []int64{id, big}, []int64{g.Runs()[0].ID, g.Runs()[1].ID})
	for permission, want := range map[string]int{"contents": 403, "actions": 200} {
		t.Run(permission, func(t *testing.T) {
			status, _ := asUser(t, g, map[string]string{permission: "read"}, path, nil)
			assert.Equal(t, want, status, permission)
		})
	}
}

// A run says which file it is of, when it began, and when it last changed: a re-run keeps the first of these times.
func TestRunTimesAndFile(t *testing.T) {
	var all []answered
	synctest.Test(t, func(t *testing.T) { // time begins at 2000-01-01 here
		g := start(t)
		id := g.AddRun(sim.WorkflowRun{Name: "deploy", Path: ".github/workflows/deploy.yml", Event: "issue_comment", CreatedAt: time.Now().Add(time.Millisecond)})
		path := fmt.Sprintf("GET /./actions/runs/%d", id)
		times := func(created, started, updated string) string {
			return fmt.Sprintf(`{"path": ".github/workflows/deploy.yml", "created_at": "2000-01-01T%sZ", "run_started_at": "2000-01-01T%sZ", "updated_at": "2000-01-01T%sZ"}`, created, started, updated)
		}
		all = append(all, answers(t, g, []exchange{{"begun", path, nil, 200, times("00:00:00", "00:00:00", "00:00:00")}})...)
		time.Sleep(time.Minute)
		g.FinishRun(id, "success")
		all = append(all, answers(t, g, []exchange{{"ended", path, nil, 200, times("00:00:00", "00:00:00", "00:01:00")}})...)
		time.Sleep(time.Hour)
		g.Rerun(id, "bob")
		all = append(all, answers(t, g, []exchange{{"again", path, nil, 200, times("00:00:00", "01:01:00", "01:01:00")}})...)
	})
	check(t, all)
}
