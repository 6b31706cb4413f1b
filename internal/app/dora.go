package app

import (
	"context"
	"time"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/dora"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/page"
	"github.com/lockstep-action/lockstep/internal/releases"
)

// writeDORA reports the DORA metrics, on any event: in the job summary, as an output and in a file.
func writeDORA(ctx context.Context, a *App, in input) Result {
	r, problems := a.begin(in)
	if len(problems) > 0 {
		return in.result().invalid(problems...)
	}
	r.result.Decision.Reason = deploy.ReportCompleted
	if err := r.readReportRules(ctx); err != nil {
		return r.failReport(err)
	}
	if err := r.computeDORA(ctx); err != nil {
		return r.failReport(err)
	}
	r.writeDORAPage()
	return r.end()
}

// failReport ends a run without a report: one with a part of the numbers would be wrong.
func (r *run) failReport(err error) Result {
	r.result.Decision = refused(r.result.Decision, failure("report", err))
	return r.end()
}

// readReportRules reads the rules file. One that is broken is said to be, and the inputs count.
func (r *run) readReportRules(ctx context.Context) error {
	path := r.asked.config.PolicyFile.Path
	if path == "" {
		return nil
	}
	facts, err := r.github.Facts(ctx, deploy.Needs{Policy: path})
	if err != nil {
		return err
	}
	request, c, facts := deploy.Govern(r.asked.request, r.asked.config, facts)
	problem, missing := facts.Missing(deploy.PolicyPart)
	switch {
	case missing && !facts.Policy.Exists:
		return &problemError{problem: problem}
	case missing:
		r.note(deploy.Problem{Text: problem.Text, Hint: "The inputs count instead, and UTC."})
		return nil
	}
	r.result.Request, r.result.Config, r.result.Facts = request, c, facts
	return nil
}

// note adds a warning.
func (r *run) note(p deploy.Problem) {
	r.result.Decision.Findings = append(r.result.Decision.Findings, deploy.Finding{Gate: "report", Level: deploy.Warn, Text: p.Text, Hint: p.Hint})
}

// computeDORA reads what was deployed and the incidents, and computes the report.
func (r *run) computeDORA(ctx context.Context) error {
	c := r.result.Config
	names := c.DORAEnvironments()
	if len(names) == 0 {
		return &problemError{problem: deploy.Problem{
			Text: "No environment of production is known.",
			Hint: "Name the environments of the report in the input `dora_environments`.",
		}}
	}
	histories, err := r.github.Histories(ctx, names, time.Duration(c.Reports.Days)*24*time.Hour)
	if err != nil {
		return err
	}
	settings := dora.Settings{Days: c.Reports.Days, Incidents: len(c.Reports.Incidents) > 0}
	if c.Policy != nil {
		settings.Zone = c.Policy.Zone
	}
	var all []dora.Series
	for _, h := range histories {
		all = append(all, dora.Series{Environment: h.Environment, Cut: h.Cut, Releases: releases.Of(h)})
		if h.ReadAt.After(settings.At) {
			settings.At = h.ReadAt
		}
	}
	if err := r.github.AddFirstCommits(ctx, dora.Pulls(settings, all)); err != nil {
		return err
	}
	found, err := r.incidents(ctx, settings)
	if err != nil {
		return err
	}
	settings.Unread = found.Unread
	report := dora.Of(settings, all, found.All)
	r.result.DORA = &report
	return nil
}

// incidents reads the issues that count, if any do.
func (r *run) incidents(ctx context.Context, s dora.Settings) (gh.Incidents, error) {
	if !s.Incidents {
		return gh.Incidents{}, nil
	}
	found, err := r.github.Incidents(ctx, r.result.Config.Reports.Incidents, s.From())
	if problem := found.Absence(); problem != nil {
		r.note(*problem)
	}
	return found, err
}

// writeDORAPage writes the report as a page.
func (r *run) writeDORAPage() {
	name := r.result.Config.Reports.DORAFile
	if name == "" {
		return
	}
	shown := page.MetricsOf(r.result.Request, *r.result.DORA)
	for _, finding := range r.result.Decision.Findings {
		shown = shown.Noted(finding.Text)
	}
	if err := r.runner.WriteWorkspace(name, []byte(page.DORA(shown))); err != nil {
		r.result.Decision = refused(r.result.Decision, unwritten("dora_file", "page", err))
	}
}
