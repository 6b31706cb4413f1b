package doctor

import (
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkAttempts looks for jobs that deploy again when they are re-run alone. GitHub does not repeat the job that
// starts deployments then, and keeps its outputs.
func checkAttempts(e Examination, use StepRef) []deploy.Finding {
	var found []deploy.Finding
	for _, job := range use.Workflow.After(use.Job) {
		if !use.isAskedToGo(job) || use.knowsAttempt(job) || e.ends(use, job) {
			continue
		}
		found = append(found, warn(
			Place{use.File, job.ID}.where()+": *Re-run failed jobs* runs it again without a check, because the job "+markdown.Code(use.Job)+" is not repeated and keeps its outputs.",
			use.attemptHint(),
		))
	}
	return found
}

// attemptHint is what makes a job know its attempt.
func (u StepRef) attemptHint() string {
	for _, output := range sortedKeys(u.In.Outputs) {
		if mentions(u.In.Outputs[output], "run_attempt") {
			return "Add " + markdown.Code("&& needs."+u.Job+".outputs."+output+" == github.run_attempt") + " to its `if:`."
		}
	}
	return "Add " + markdown.Code("&& needs."+u.Job+".outputs.run_attempt == github.run_attempt") + " to its `if:`, and " +
		markdown.Code("run_attempt: ${{ steps."+stepID(u)+".outputs.run_attempt }}") + " to the `outputs:` of the job " + markdown.Code(u.Job) + "."
}

// isAskedToGo reports whether a job asks the start itself whether to go on.
func (u StepRef) isAskedToGo(job workflow.Job) bool {
	return u.asksJob(job, "continue", "decision", "reason_code")
}

func (u StepRef) knowsAttempt(job workflow.Job) bool { return u.asksJob(job, "run_attempt") }

func (u StepRef) asksJob(job workflow.Job, outputs ...string) bool {
	return slices.ContainsFunc(asking(job), func(one asked) bool {
		return one.Context == "needs" && !one.Whole && u.asksFor(one.Reference, outputs...)
	})
}

// ends reports whether a job ends a deployment or reports on it: it uses the action, or it runs whatever became of
// another job.
func (e Examination) ends(use StepRef, job workflow.Job) bool {
	ours := func(step workflow.Step) bool { return isOurs(e.Names, step.Uses) }
	another := func(id string) bool { return !strings.EqualFold(id, use.Job) }
	return slices.ContainsFunc(job.Steps, ours) || workflow.Insists(job.If) && slices.ContainsFunc(job.Needs, another)
}

// checkMatrix looks for jobs of which each takes the same comment. One starts, the others are refused, and where
// nothing refuses them the first one that ends frees the lock of all.
func checkMatrix(_ Examination, use StepRef) []deploy.Finding {
	if use.In.Matrix == 1 || slices.ContainsFunc(values(use.Step.With), func(value string) bool { return strings.Contains(value, "matrix.") }) {
		return nil
	}
	finding := block(
		use.where()+": each job of its matrix takes the same comment. One starts the deployment and frees the lock when it ends; the others are refused.",
		"Use the action in a job without a matrix, and deploy with the matrix in another job, as `docs/multi-job.md` of the action shows it.",
	)
	if use.In.Matrix == 0 {
		finding.Level = deploy.Warn
	}
	return []deploy.Finding{finding}
}
