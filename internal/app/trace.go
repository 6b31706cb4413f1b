package app

import (
	"sync"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// Trace is what a run thought and did, for those who want to show it.
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

// tracer collects a Trace; effects are carried out at the same time.
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
	t.trace.Effects = append(t.trace.Effects, TraceEffect{What: e.String(), Err: err})
}
