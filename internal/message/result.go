package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/js"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/template"
)

// Ending says how a deployment ended, and when.
type Ending struct {
	Status          config.Status
	RawStatus       string // as the workflow spells it
	DeploymentID    int64
	At              time.Time
	Seconds         int
	ShowURL         bool
	Rollback        WayOut             // what people can type where the deployment failed
	Results         string             // the workflow's own Markdown, shown as it is, "" for none
	Template        *template.Template // writes the message, nil for the default one
	TemplateProblem string             // why the template could not be used, "" when it could
	Started         bool               // it replaces the start comment
	Health          *deploy.Health     // what the health check came to, nil where there was none
	Rerun           bool               // jobs were re-run without the one that starts deployments
	RerunBy         string             // the user who did that
}

// Result says how a deployment ended.
func Result(s Subject, r Ending) string {
	if text := r.rendered(s); text != "" {
		return text
	}
	before := fmt.Sprintf("### Deployment Results %s\n\n%s\n\n", r.emoji(), r.sentence(s)) +
		paragraph(r.rerunWarning()) + paragraph(r.health()) + paragraph(r.advice(s)) + paragraph(r.environmentURL(s)) + paragraph(r.templateWarning())
	after := resultDetails(s, r)
	if r.Started {
		before += paragraph(compared(s, "Compare with the previous deployment")) + paragraph(changes(s))
		after += "\n" + startedDetails(s)
	}
	return before + resultsFold(s, r.results(), js.UTF16Len(before+after)) + after
}

// rendered returns "" for a blank text. Of a text that is too long, the workflow's own part is cut first.
func (r Ending) rendered(s Subject) string {
	if r.Template == nil {
		return ""
	}
	after := ""
	if r.Health.Failed() {
		after = "\n" + r.health() + "\n"
	}
	if r.Started {
		after += "\n" + startedDetails(s)
	}
	values := Values(s, r)
	text := plainLines(r.Template.Render(values))
	if js.Trim(text) == "" {
		return ""
	}
	if taken := js.UTF16Len(text + after + endsOf(text)); taken > maxComment-reserved {
		values.Results = truncate(s, values.Results, taken-js.UTF16Len(values.Results))
		text = plainLines(r.Template.Render(values))
	}
	return truncate(s, text, js.UTF16Len(after)) + after
}

// Values are what a template can show.
func Values(s Subject, r Ending) template.Values {
	values := template.Values{
		Environment: s.Environment, Ref: s.Ref, SHA: s.SHA, EnvironmentURL: nullable(s.EnvironmentURL),
		Status: r.RawStatus, Noop: s.Noop, Fork: s.Fork, CommitVerified: s.Verified,
		Params: nullable(s.Params), ParsedParams: nullable(string(s.ParsedParams)),
		DeploymentEndTime: Timestamp(r.At), Actor: s.Actor, Logs: s.RunURL, TotalSeconds: r.Seconds,
		Results: unmarked(r.given()),
	}
	if r.DeploymentID != 0 {
		values.DeploymentID = new(r.DeploymentID)
	}
	if s.Reviews != nil {
		values.ApprovedReviewsCount, values.ReviewDecision = new(s.Reviews.Count), nullable(s.Reviews.Decision)
	}
	return values
}

func (r Ending) given() string {
	switch js.Trim(r.Results) {
	case "", "null", "undefined":
		return ""
	}
	return r.Results
}

// results returns the workflow's own text in the default message, where \n and \t mean line breaks and tabs.
func (r Ending) results() string {
	return unmarked(strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(r.given()))
}

func (r Ending) emoji() string {
	return cmp.Or(map[config.Status]string{config.Completed: "✅", config.Failed: "❌"}[r.Status], "⚠️")
}

func (r Ending) sentence(s Subject) string {
	who, what, after := requester(s), intended(s), (time.Duration(r.Seconds) * time.Second).String()
	if r.Status == config.Completed {
		return fmt.Sprintf("%s successfully finished %s in %s.", who, what, after)
	}
	log := markdown.Link("run's log", s.RunURL)
	switch {
	case r.TakenBack():
		return fmt.Sprintf("%s started %s, which failed and was taken back by the workflow after %s. See the %s.", who, what, after, log)
	case r.Status == config.Failed && r.Health.Failed():
		return fmt.Sprintf("%s started %s, and its health check failed after %s. See the %s.", who, what, after, log)
	case r.Status == config.Failed:
		return fmt.Sprintf("%s started %s, which failed after %s. See the %s.", who, what, after, log)
	}
	how := "its result is unknown (the workflow's status is " + markdown.Code(r.RawStatus) + ")"
	if r.RawStatus == "" {
		how = "its result is unknown (the input `status` is empty)"
	}
	switch {
	case r.skippedAgain():
		how = "the jobs that deploy were skipped, because failed jobs were re-run alone"
	case r.RawStatus == "skipped":
		how = "a job that deploys was skipped"
	case r.Status == config.Aborted && r.Health.WasStopped():
		how = "the job was cancelled during the health check, after " + after
	case r.Status == config.Aborted:
		how = "the job was cancelled after " + after
	}
	next := "See the " + log + "."
	if !s.Noop {
		next = fmt.Sprintf("It is uncertain what runs in %s now: check the %s before you deploy again.", bold(s.Environment), log)
	}
	return fmt.Sprintf("%s started %s, and %s. %s", who, what, how, next)
}

// TakenBack reports whether the workflow says that what ran before runs again.
func (r Ending) TakenBack() bool {
	return r.Status == config.Failed && strings.EqualFold(js.Trim(r.RawStatus), config.RolledBack)
}

// skippedAgain reports whether jobs were re-run that do nothing in another attempt than that of the start.
func (r Ending) skippedAgain() bool { return r.Rerun && r.RawStatus == "skipped" }

// rerunWarning names the user whose permission nothing has asked for.
func (r Ending) rerunWarning() string {
	if !r.Rerun || r.skippedAgain() {
		return ""
	}
	return "> ⚠️ " + someone(r.RerunBy) + " re-ran jobs of this run alone: what deploys was not checked again."
}

func (r Ending) advice(s Subject) string {
	if r.skippedAgain() {
		return again(s)
	}
	switch {
	case r.Status != config.Failed:
		return ""
	case r.TakenBack():
		return "**What to do:** Fix the problem and deploy again."
	case s.Rollback != nil && !s.Noop && r.Rollback.Command != "":
		return fmt.Sprintf("**What to do:** It is uncertain what runs in %s now. Find the cause in the run's log, then type %s again, or choose another target: %s.",
			bold(s.Environment), markdown.Code(r.Rollback.Command), markdown.Code(r.Rollback.Command+" to <commit or version>"))
	case r.Rollback.Command == "":
		return ""
	}
	return fmt.Sprintf("**What to do:** Fix the problem and deploy again, or roll back with %s%s.", markdown.Code(r.Rollback.Command), r.Rollback.target())
}

// WayOut is a command that brings back what ran before, and what that is.
type WayOut struct {
	Command string `json:"command,omitempty"` // "" for none
	SHA     string `json:"sha,omitempty"`     // "" where only the command tells
	Version string `json:"version,omitempty"` // "" when unknown
}

func (w WayOut) target() string {
	switch {
	case w.SHA == "":
		return ""
	case w.Version == "":
		return " to " + markdown.Code(deploy.Short(w.SHA))
	}
	return " to " + markdown.Code(deploy.Short(w.SHA)) + " (" + markdown.Code(w.Version) + ")"
}

// health says how the application answered.
func (r Ending) health() string {
	const title = "**Health check:**"
	switch {
	case r.Health == nil || r.Health.WasStopped():
		return ""
	case r.Health.Problem != "":
		return title + " " + markdown.Text(r.Health.Problem)
	}
	var lines []string
	for _, one := range r.Health.Results {
		lines = append(lines, markdown.Code(one.Name())+" "+markdown.Text(one.Saw()))
	}
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return title + " " + lines[0]
	}
	return title + "\n\n- " + strings.Join(lines, "\n- ")
}

func (r Ending) templateWarning() string {
	return wrap("> ⚠️ This is the default message, because the template could not be used: ", markdown.Text(r.TemplateProblem), "")
}

func (r Ending) environmentURL(s Subject) string {
	if r.Status != config.Completed || s.Noop || s.EnvironmentURL == "" || !r.ShowURL {
		return ""
	}
	_, host, _ := strings.Cut(s.EnvironmentURL, "://")
	return "> **Environment URL:** " + markdown.Link(markdown.Text(host), s.EnvironmentURL)
}

// OtherAttempt says on the run's page that jobs were run again without the one that starts deployments.
func OtherAttempt(started, now int) string {
	return fmt.Sprintf("The deployment was started by attempt %d of this run, and this is attempt %d: what deploys was not checked again. "+
		"Use *Re-run all jobs*, or type the command again.", started, now)
}

// EndKept says that jobs were run again after the deployment had ended.
func EndKept(s Subject) string {
	uncertain := fmt.Sprintf(" It is uncertain what runs in %s now.", bold(s.Environment))
	if s.Noop {
		uncertain = ""
	}
	return fmt.Sprintf("### ⚠️ Jobs were run again without a check\n\n"+
		"%s had ended before, and its result stays as it was recorded. The jobs that were run again did not wait for checks, "+
		"and had no lock.%s See the %s.\n\n%s\n",
		deploy.Capitalized(intended(s)), uncertain, markdown.Link("run's log", s.RunURL), again(s))
}

// NothingAgain says that jobs were re-run after the deployment had ended, and that those that deploy were skipped.
func NothingAgain(s Subject) string {
	return fmt.Sprintf("### ⚠️ Jobs were re-run alone, and deployed nothing\n\n"+
		"%s had ended before, and its result stays as it was recorded. The jobs that deploy were skipped, because the job that checks was not re-run. "+
		"See the %s.\n\n%s\n", deploy.Capitalized(intended(s)), markdown.Link("run's log", s.RunURL), again(s))
}

// again says how to deploy once more, with a check.
func again(s Subject) string {
	return "**What to do:** Use *Re-run all jobs*, or type the command again: " + markdown.Code(s.Trigger.Body) + "."
}

// Failed says that a command failed because something broke, and what to do.
func Failed(s Subject, problem deploy.Problem) string {
	subject, outcome := "deployment", "Nothing was deployed. "
	if s.LockCommand {
		subject, outcome = "lock/unlock request", ""
	}
	return fmt.Sprintf("### ⚠️ Cannot proceed with %s\n\n%s\n%sThe %s has the details.\n",
		subject, reasons([]deploy.Finding{{Text: problem.Text, Hint: problem.Hint}}), outcome, markdown.Link("run's log", s.RunURL))
}
