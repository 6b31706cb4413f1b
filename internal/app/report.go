package app

import (
	"slices"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/runner"
)

// report writes outputs, summary and annotations, and returns the exit status. Everything is written at the end: a
// run that is killed in the middle says nothing.
func (a *App) report(r Result) int {
	a.mu.Lock()
	a.trace.Findings = r.Decision.Findings
	a.mu.Unlock()
	for _, problem := range r.Problems {
		a.runner.Error(problem)
	}
	blocking := a.runner.ErrorAt
	if r.Decision.Reason == deploy.NothingToPromote {
		blocking = func(_ runner.Place, text string) { a.runner.Notice(text) }
	}
	annotate(blocking, r.Decision.Blocking())
	annotate(a.runner.WarningAt, r.Decision.Warnings())
	failed := r.Decision.Reason.Fails()
	for _, output := range Outputs(r) {
		failed = !a.give(output) || failed
	}
	a.summarize(summary(r))
	if what, isFailure := reportedFailure(r); isFailure {
		a.runner.Error(what + " is reported as failed.")
		failed = true
	}
	if failed {
		return 1
	}
	return 0
}

// reportedFailure names what a tracked step records as failed, which fails the step: one with continue-on-error
// still turns the job red.
func reportedFailure(r Result) (what string, isFailure bool) {
	isFailure = r.Config.Status == config.Failed && r.Decision.Reason == deploy.TrackRecorded
	if r.Config.Builds() {
		return "The build", isFailure
	}
	return "The deployment to " + r.Config.Environment, isFailure
}

func (a *App) give(o Output) bool {
	err := a.runner.SetOutput(o.Name, o.Value)
	if err != nil {
		a.runner.Log().Error("an output could not be written", "output", o.Name, "error", err.Error())
	}
	return err == nil
}

// annotate shows what gates said. Gates that miss the same fact say the same; once is enough.
func annotate(show func(runner.Place, string), findings []deploy.Finding) {
	var shown []string
	for _, finding := range findings {
		text := strings.TrimSpace(finding.Text + " " + finding.Hint)
		if !slices.Contains(shown, text) {
			show(runner.Place(finding.At), text)
			shown = append(shown, text)
		}
	}
}

func (a *App) summarize(text string) {
	if err := a.runner.Summary(text); err != nil {
		a.runner.Log().Warn("the job summary could not be written", "error", err.Error())
	}
}

// sayEach reports joined errors on the run's page: the pull request may be what could not be reached.
func (a *App) sayEach(err error) {
	var problems []deploy.Problem
	for _, one := range unjoin(err) {
		a.say(a.runner.Error, one)
		problems = append(problems, explain(one))
	}
	if len(problems) > 0 {
		a.summarize(message.Unfinished(problems))
	}
}

func summary(r Result) string {
	d := r.Decision
	switch {
	case len(r.Problems) > 0:
		return "## Lockstep: invalid inputs\n\n" + bullets(r.Problems) + "\n"
	case d.Reason == deploy.UnsupportedEvent, d.Reason == deploy.NoTrigger:
		return ""
	case r.Config.Mode == config.Doctor:
		return message.CheckupSummary(d.Findings, r.Rules...)
	case r.Config.Mode == config.ShowStatus && d.Board != nil:
		return message.BoardSummary(r.Request, r.Config, d)
	case r.DORA != nil:
		return message.DORASummary(*r.DORA, d)
	case r.Manifest != nil:
		return message.ManifestSummary(*r.Manifest, d)
	case r.Ledger == nil:
		return message.Summary(r.Request, r.Config, d, message.Record{})
	case r.Config.Mode == config.TrackIt:
		return message.RecordSummary(recordOf(r, r.Config.Status, r.Occurred), d)
	case d.Reason != deploy.DeploymentReady:
		return message.Summary(r.Request, r.Config, d, message.Record{DeploymentID: r.Ledger.DeploymentID})
	}
	return message.Summary(r.Request, r.Config, d, recordOf(r, config.Started, time.Time{}))
}

func bullets(problems []string) string {
	var shown []string
	for _, problem := range problems {
		shown = append(shown, "- "+markdown.Code(problem))
	}
	return strings.Join(shown, "\n")
}
