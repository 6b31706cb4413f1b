package app

import (
	"fmt"
	"strings"
	"sync"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// Trace is what a run thought and did, for whoever wants to show it.
type Trace struct {
	Findings []TraceFinding
	Effects  []TraceEffect
}

// TraceFinding is what one gate said.
type TraceFinding struct{ Gate, Level, Text, Hint string }

// TraceEffect is one effect, and why it failed if it did.
type TraceEffect struct {
	What string
	Err  error
}

// tracer collects a Trace; effects are carried out beside each other.
type tracer struct {
	mu    sync.Mutex
	trace Trace
}

// Trace returns what the last run thought and did.
func (a *App) Trace() Trace {
	a.tracer.mu.Lock()
	defer a.tracer.mu.Unlock()
	return a.tracer.trace
}

func (t *tracer) decided(d deploy.Decision) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trace.Findings = nil
	for _, f := range d.Findings {
		t.trace.Findings = append(t.trace.Findings, TraceFinding{Gate: f.Gate, Level: f.Level.String(), Text: f.Text, Hint: f.Hint})
	}
}

func (t *tracer) did(e plan.Effect, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trace.Effects = append(t.trace.Effects, TraceEffect{What: describe(e), Err: err})
}

// describe names an effect in a few words.
func describe(effect plan.Effect) string {
	switch e := effect.(type) {
	case plan.React:
		return "react with " + e.Content
	case plan.Unreact:
		return "take back the first reaction"
	case plan.Comment:
		if e.Recheck != nil {
			return "comment, and look again"
		}
		return "comment"
	case plan.RecordEvent:
		return "tell the tracking endpoint: " + string(e.Status)
	case plan.NotifySinks:
		if e.Blocked != nil {
			return "tell the others: blocked"
		}
		return "tell the others: " + string(e.Status)
	case plan.StartDeployment:
		return fmt.Sprintf("create the deployment of %s to %s", deploy.Short(e.SHA), e.Environment)
	case plan.UpdateBranch:
		return "update the branch of the pull request"
	case plan.EditComment:
		return "change a comment"
	case plan.CloseOrphan:
		return "end the deployment of a run that was lost"
	case plan.TakeLock:
		return "take the lock " + e.Branch
	case plan.FreeLock:
		return "release the lock " + e.Branch
	case plan.CountCommits:
		return "count the commits since the last deployment"
	case plan.AddLabels:
		return "add the labels " + strings.Join(e.Names, ", ")
	case plan.RemoveLabel:
		return "remove the label " + e.Name
	case plan.SetStatus:
		return "set the deployment's status: " + e.State
	}
	return fmt.Sprintf("%T", effect)
}
