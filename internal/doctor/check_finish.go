package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// split are the steps that leave the end to another one, and those that end what another one started.
func (s Setup) split() []StepRef {
	return slices.DeleteFunc(s.having(Commands, Finishes), func(u StepRef) bool { return u.Role == Commands && !u.Settings.SkipCompleting })
}

func checkFinish(e Examination, use StepRef) []deploy.Finding {
	if use.Role == Finishes {
		return e.finishing(use)
	}
	return unfinished(e, use)
}

// unfinished reports a start that no step ends.
func unfinished(e Examination, start StepRef) []deploy.Finding {
	ends := func(u StepRef) bool { return u.Role == Finishes && u.File == start.File }
	calls := func(job workflow.Job) bool { return job.Uses != "" }
	if start.Workflow.Starts("workflow_call") || slices.ContainsFunc(e.Uses, ends) || slices.ContainsFunc(start.Workflow.Jobs, calls) {
		return nil
	}
	return []deploy.Finding{warn(
		start.where()+": `skip_completing` leaves the end to the workflow, but none of its steps has `mode: finish`. Unless a script does all of it, deployments and locks stay behind.",
		"Add a job with `mode: finish` and the output `handoff`, as `docs/multi-job.md` of the action shows it.",
	)}
}

// finishing reports what an end may miss. A step that ends what its own job did gets the result of that job.
func (e Examination) finishing(use StepRef) []deploy.Finding {
	deploying := slices.DeleteFunc(slices.Clone(use.In.Needs), func(id string) bool { return e.starts(use.File, id) })
	if len(deploying) == 0 {
		if use.At > 0 && !workflow.Insists(use.Step.If) {
			return []deploy.Finding{block(use.where()+": the step that ends the deployment is skipped when a step before it fails.", "Begin the step's `if:` with `always() &&`.")}
		}
		return nil
	}
	var found []deploy.Finding
	if !workflow.Insists(use.In.If) {
		found = append(found, block(use.where()+": it is skipped when a job before it fails, and the deployment never ends.", "Begin the job's `if:` with `always() &&`."))
	}
	if use.Step.With["status"] == "" {
		found = append(found, block(use.where()+": without `status` it reports how this job went, not how the deployment did.", "Set `status: ${{ needs.<job that deploys>.result }}`."))
	}
	return append(found, tolerated(use)...)
}

func (e Examination) starts(file, job string) bool {
	return slices.ContainsFunc(e.answers(), func(u StepRef) bool { return u.Place == Place{file, job} })
}

// tolerated reports failures that the end cannot see: for those that need it, a job with continue-on-error was
// always successful.
func tolerated(use StepRef) []deploy.Finding {
	var found []deploy.Finding
	for _, id := range use.In.Needs {
		job, known := use.Workflow.Job(id)
		if known && job.Tolerated && workflow.Refers(use.Step.With["status"], "needs", id) {
			found = append(found, block(
				Place{use.File, id}.where()+": with `continue-on-error` its result is `success` although it failed, and so is the deployment's.",
				"Leave `continue-on-error` of the job "+markdown.Code(id)+" out.",
			))
		}
	}
	return found
}
