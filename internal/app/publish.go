package app

import (
	"context"

	"github.com/lockstep-action/lockstep/internal/execute"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// publish shows what runs where, on any event: in the job summary and as an output, in a file and in an issue.
func publish(ctx context.Context, a *App, in input) Result {
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	r.asked.request = r.asked.request.Publishing()
	if err := r.readFacts(ctx); err != nil {
		return r.failQuietly(err)
	}
	r.decide()
	r.writePage()
	r.updateIssue(ctx)
	return r.end()
}

// writePage writes the page of the board. What cannot be written fails the step, and keeps nothing else from being shown.
func (r *run) writePage() {
	name, d := r.result.Config.Board.File, r.result.Decision
	if name == "" {
		return
	}
	shown := page.Of(r.result.Request, r.result.Config, *d.Board)
	for _, finding := range d.Findings {
		shown = shown.Noted(finding.Text)
	}
	if err := r.runner.WriteWorkspace(name, []byte(page.HTML(shown))); err != nil {
		r.result.Decision = refused(d, unwritten("status_file", "page", err))
	}
}

// updateIssue keeps an issue current.
func (r *run) updateIssue(ctx context.Context) {
	number := r.result.Config.Board.Issue
	if number == 0 {
		return
	}
	board := message.BoardIssue(r.result.Request, r.result.Config, r.result.Decision)
	steps := []plan.Step{{Effect: plan.UpdateIssue{Number: number, Board: board}, Must: true}}
	if err := r.exec.Run(ctx, steps, execute.Answer); err != nil {
		r.result.Decision = refused(r.result.Decision, failure("board_issue", err))
	}
}
