package sim

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// WorkflowRun is a run of a workflow. Status is queued, in_progress or completed, Conclusion
// how it ended.
type WorkflowRun struct {
	ID         int64
	Name       string // of the workflow
	Path       string // of its file
	Event      string
	Actor      string
	HeadBranch string
	HeadSHA    string
	Status     string
	Conclusion string
	RunNumber  int
	RunAttempt int
	CreatedAt  time.Time
	StartedAt  time.Time // of the newest attempt
	UpdatedAt  time.Time // when the run, or a job of it, last changed its state

	triggeredBy string // who started the newest attempt, "" for the actor
}

// AddRun adds a workflow run and returns its id, which is chosen unless given.
func (g *GitHub) AddRun(run WorkflowRun) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addRun(run).ID
}

// FinishRun completes a workflow run.
func (g *GitHub) FinishRun(id int64, conclusion string) {
	g.editRun(id, func(run *WorkflowRun) { run.Status, run.Conclusion = "completed", conclusion })
}

// ResumeRun goes on with a workflow run: one of its jobs begins.
func (g *GitHub) ResumeRun(id int64) {
	g.editRun(id, func(run *WorkflowRun) { run.Status, run.Conclusion = "in_progress", "" })
}

// Rerun starts the next attempt of a workflow run, for the user, or for the one who started the first with "".
func (g *GitHub) Rerun(id int64, by string) {
	g.editRun(id, func(run *WorkflowRun) {
		run.triggeredBy = by
		run.Status, run.Conclusion = "in_progress", ""
		g.nextAttempt(run)
	})
}

func (g *GitHub) nextAttempt(run *WorkflowRun) {
	run.RunAttempt++
	run.StartedAt, run.UpdatedAt = g.now(), g.now()
}

// Runs returns the workflow runs, oldest first.
func (g *GitHub) Runs() []WorkflowRun {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []WorkflowRun
	for _, one := range g.runs {
		list = append(list, *one)
	}
	return list
}

func (g *GitHub) editRun(id int64, change func(*WorkflowRun)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if found := g.run(id); found != nil {
		change(found)
		found.UpdatedAt = g.now()
	}
}

func (g *GitHub) addRun(run WorkflowRun) *WorkflowRun {
	if run.ID == 0 {
		run.ID = g.ids.nextSmall()
	}
	run.Name, run.Event = cmp.Or(run.Name, "CI"), cmp.Or(run.Event, "push")
	run.Path = cmp.Or(run.Path, ".github/workflows/ci.yml")
	run.Actor, run.Status = cmp.Or(run.Actor, g.repository.Owner), cmp.Or(run.Status, "in_progress")
	run.HeadBranch = cmp.Or(run.HeadBranch, g.repository.DefaultBranch)
	run.HeadSHA = cmp.Or(run.HeadSHA, g.head(run.HeadBranch))
	run.RunNumber, run.RunAttempt = cmp.Or(run.RunNumber, len(g.runs)+1), cmp.Or(run.RunAttempt, 1)
	if run.CreatedAt.IsZero() {
		run.CreatedAt = g.now()
	}
	run.CreatedAt = run.CreatedAt.UTC().Truncate(time.Second)
	if run.StartedAt.IsZero() {
		run.StartedAt = run.CreatedAt
	}
	if run.UpdatedAt.IsZero() {
		run.UpdatedAt = run.StartedAt
	}
	g.runs = append(g.runs, &run)
	return &run
}

func (g *GitHub) run(id int64) *WorkflowRun {
	for _, one := range g.runs {
		if one.ID == id {
			return one
		}
	}
	return nil
}

func runRoutes() []route {
	return []route{{
		method: "GET", path: "/repos/{owner}/{repo}/actions/runs/{run_id}", needs: []string{"actions:read"}, handle: (*GitHub).getRun,
	}}
}

func (g *GitHub) getRun(c *call) answer {
	found := g.run(c.number("run_id"))
	if found == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	self := g.api("/actions/runs/%d", found.ID)
	commit, _ := g.git.Commit(found.HeadSHA)
	repository := g.restRepository(g.repository.FullName())
	shown := object{
		"id": found.ID, "node_id": found.nodeID(), "name": found.Name, "head_branch": found.HeadBranch, "head_sha": found.HeadSHA,
		"run_number": found.RunNumber, "run_attempt": found.RunAttempt, "display_title": found.Name, "event": found.Event,
		"status": found.Status, "conclusion": optional(found.Conclusion), "path": found.Path, "workflow_id": 1,
		"url": self, "html_url": g.web("/actions/runs/%d", found.ID), "created_at": found.CreatedAt, "updated_at": found.UpdatedAt,
		"run_started_at": found.StartedAt, "pull_requests": []any{}, "repository": repository, "head_repository": repository,
		"actor": g.user(found.Actor).rest(), "triggering_actor": g.user(cmp.Or(found.triggeredBy, found.Actor)).rest(),
		"check_suite_url": g.api("/check-suites/%d", found.ID), "workflow_url": g.api("/actions/workflows/1"),
		"head_commit": object{
			"id": commit.OID, "tree_id": commit.Tree, "message": commit.Message, "timestamp": commit.Committer.When,
			"author":    object{"name": commit.Author.Name, "email": commit.Author.Email},
			"committer": object{"name": commit.Committer.Name, "email": commit.Committer.Email},
		},
	}
	for _, link := range []string{"jobs", "logs", "cancel", "rerun", "artifacts"} {
		shown[link+"_url"] = self + "/" + link
	}
	return reply(http.StatusOK, shown)
}

func (r *WorkflowRun) nodeID() string { return nodeID("WFR", fmt.Sprint(r.ID)) }

// runObject is the workflow run of a check suite, nil when an app made the suite.
func (g *GitHub) runObject(c *call, run *WorkflowRun, of *suite) *graph.Object {
	if run == nil {
		return nil
	}
	page := g.web("/actions/runs/%d", run.ID)
	workflow := &graph.Object{Type: "Workflow", Fields: graph.Fields{
		"id": nodeID("W", run.Name), "databaseId": 1, "name": run.Name, "state": "ACTIVE", "createdAt": g.created, "updatedAt": g.created,
		"url": g.web("/actions/workflows/ci.yml"), "resourcePath": g.web("/actions/workflows/ci.yml")[len(webURL):],
	}}
	return &graph.Object{Type: "WorkflowRun", Fields: graph.Fields{
		"id": run.nodeID(), "databaseId": run.ID, "event": run.Event, "runNumber": run.RunNumber, "createdAt": run.CreatedAt,
		"updatedAt": run.UpdatedAt, "url": page, "resourcePath": page[len(webURL):], "workflow": workflow,
		"checkSuite":        graph.Lazy(func() any { return g.suiteObject(c, of) }),
		"deploymentReviews": noneOf("DeploymentReviewConnection"),
	}}
}
