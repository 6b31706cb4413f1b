package doctor

import (
	"fmt"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkGuards looks for steps and jobs that run whatever the action said. A refusal ends the job, but `.help`,
// `.lock` and comments that are no command do not.
func checkGuards(e Examination) []deploy.Finding {
	if len(e.answers()) == 0 {
		return nil
	}
	var found []deploy.Finding
	for _, use := range e.answers() {
		for i, step := range use.In.Steps[use.At+1:] {
			if isGuarded(step.If) || isOurs(e.Names, step.Uses) {
				continue
			}
			found = append(found, deploy.Finding{
				Level: deploy.Block,
				Text:  fmt.Sprintf("%s: the step %s runs after every command, also after `.help`.", use.where(), stepName(step, use.At+1+i)),
				Hint:  "Give it " + markdown.Code("if: steps."+stepID(use)+".outputs.continue == 'true'") + needsID(use) + ".",
			})
		}
		for _, job := range use.Workflow.After(use.Job) {
			if !isGuarded(job.If) && !behindGuard(use, job) {
				found = append(found, deploy.Finding{
					Level: deploy.Block, Text: Place{use.File, job.ID}.where() + ": it runs after every command, also after `.help`.",
					Hint: "Give it " + markdown.Code("if: needs."+use.Job+".outputs.continue == 'true'") + ", and the job " + markdown.Code(use.Job) + " that output.",
				})
			}
		}
	}
	return orFine(found, "what deploys waits for the output `continue`")
}

func isGuarded(condition string) bool {
	for _, output := range []string{"continue", "decision", "reason_code"} {
		if workflow.Mentions(condition, output) {
			return true
		}
	}
	return false
}

// behindGuard reports whether a job waits for one that is guarded: what is skipped skips what needs it, unless
// that insists on running.
func behindGuard(use Use, job workflow.Job) bool {
	if job.If != "" {
		return false
	}
	for _, need := range job.Needs {
		before, known := use.Workflow.Job(need)
		if known && need != use.Job && (isGuarded(before.If) || behindGuard(use, before)) {
			return true
		}
	}
	return false
}

func stepName(step workflow.Step, at int) string {
	for _, name := range []string{step.Name, step.ID, step.Uses} {
		if name != "" {
			return markdown.Code(name)
		}
	}
	return fmt.Sprintf("number %d (line %d)", at+1, step.Line)
}

func stepID(use Use) string {
	if use.Step.ID == "" {
		return "lockstep"
	}
	return use.Step.ID
}

func needsID(use Use) string {
	if use.Step.ID == "" {
		return ", and the step of the action `id: lockstep`"
	}
	return ""
}
