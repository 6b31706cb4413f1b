package doctor

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkWorkflows looks whether any workflow uses the action at all. A step of another repository's workflow finds none.
func checkWorkflows(e Examination) []deploy.Finding {
	if problem := e.unavailable(checkup.FilesPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, path := range slices.Sorted(maps.Keys(e.Unreadable)) {
		found = append(found, unreadable(path, e.Unreadable[path]))
	}
	mistaken := e.mistakenUses()
	found = append(found, mistaken...)
	switch uses := len(e.having(Commands, Promotes, Finishes, Tracks, Merges, Unlocks)); {
	case uses > 0:
		found = append(found, deploy.Finding{Level: deploy.Pass, Text: fmt.Sprintf("workflow files that were read: %d; steps in them that use the action: %d", len(e.Files), uses)})
	case e.Running == nil && len(e.Unreadable) == 0 && len(mistaken) == 0:
		found = append(found, warn(
			"None of the workflow files that were looked at deploys with Lockstep.",
			"Comments start the workflow files of the default branch: the file has to be there, below `.github/workflows`. What is inside of other actions is not looked at.",
		))
	}
	return found
}

// mistakenUses finds jobs and steps whose "uses:" names a file of the action's repository that they cannot call.
func (e Examination) mistakenUses() []deploy.Finding {
	var found []deploy.Finding
	for _, file := range e.workflows {
		for _, job := range file.Jobs {
			for _, uses := range wrongUses(e.Names, job) {
				name := repositoryOf(uses)
				found = append(found, block(
					Place{file.path, job.ID}.where()+": GitHub cannot start "+markdown.Code("uses: "+uses)+".",
					"A job calls "+markdown.Code(name+reusable+"@<version>")+", a step uses "+markdown.Code(name+"@<version>")+".",
				))
			}
		}
	}
	return found
}

// wrongUses lists what a job and its steps call of the action's repository in a way that GitHub refuses.
func wrongUses(names []string, job workflow.Job) []string {
	var wrong []string
	if ofOurs(names, job.Uses) && (!isCall(names, job.Uses) || !strings.Contains(job.Uses, "@")) {
		wrong = append(wrong, job.Uses)
	}
	for _, step := range job.Steps {
		if ofOurs(names, step.Uses) && strings.Contains(step.Uses, "/.github/") {
			wrong = append(wrong, step.Uses)
		}
	}
	return wrong
}

// ofOurs reports whether a "uses:" names anything of the action's repository.
func ofOurs(names []string, uses string) bool {
	repository := repositoryOf(uses)
	return repository != "" && isOurs(names, repository)
}

// repositoryOf is the repository, with its owner, that a "uses:" names; "" for one of the same repository.
func repositoryOf(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 2 || parts[0] == "." {
		return ""
	}
	return parts[0] + "/" + parts[1]
}

func unreadable(path string, cause error) deploy.Finding {
	if repeated := (*workflow.RepeatedKeyError)(nil); errors.As(cause, &repeated) {
		return block(
			fmt.Sprintf("%s has the key %s twice, in lines %d and %d: GitHub refuses the whole file, and starts nothing of it.",
				markdown.Code(path), markdown.Code(repeated.Key), repeated.First, repeated.Again),
			"Leave one of them out.",
		)
	}
	return warn(
		markdown.Code(path)+" cannot be read as a workflow: "+markdown.Code(cause.Error())+".",
		"Correct the file; GitHub may not run it as it is.",
	)
}

// checkTrigger looks whether comments reach a step that answers them, and no more of them than is useful.
func checkTrigger(_ Examination, use StepRef) []deploy.Finding {
	trigger, starts := use.Workflow.Triggers["issue_comment"]
	switch {
	case starts:
		return startedBy(use, trigger.Types)
	case use.Workflow.Starts("workflow_call"):
		return nil
	}
	return []deploy.Finding{block(
		markdown.Code(use.File)+" answers commands, but comments do not start it.",
		"Add `issue_comment: {types: [created]}` to its `on:`, or set the `mode` that is meant: `track` records what a workflow deploys.",
	)}
}

func startedBy(use StepRef, types []string) []deploy.Finding {
	if len(types) == 0 {
		types = []string{"created", "edited", "deleted"}
	}
	actions := use.Settings.Origin.CommentActions
	var found []deploy.Finding
	if missed := without(actions, types); len(missed) > 0 {
		found = append(found, block(
			markdown.Code(use.File)+" is not started by comments that were "+markdown.Codes(missed, " or ")+", although they may carry commands.",
			"Add that to the `types:` of `issue_comment`, or set `comment_actions`.",
		))
	}
	if idle := without(types, actions); len(idle) > 0 {
		found = append(found, warn(
			markdown.Code(use.File)+" also starts for comments that were "+markdown.Codes(idle, " or ")+", which does nothing but take time.",
			"Write "+markdown.Code("issue_comment: {types: ["+strings.Join(actions, ", ")+"]}")+".",
		))
	}
	return found
}

var withoutContainers = regexp.MustCompile(`(?i)^(?:(?:windows|macos)(?:-(?:latest|\d+)(?:[.-].*)?)?|ubuntu-slim)$`)

// checkRunner looks whether jobs run where a container action can. Labels of others may mean anything.
func checkRunner(_ Examination, use StepRef) []deploy.Finding {
	var found []deploy.Finding
	for _, label := range use.In.RunsOn {
		if withoutContainers.MatchString(label) {
			found = append(found, block(
				use.where()+": it runs on "+markdown.Code(label)+", where container actions do not run.",
				"Run this job on `ubuntu-latest`, or another Linux runner with Docker. What deploys can be a job of its own.",
			))
		}
	}
	return found
}

// checkCondition looks whether a runner starts for every comment. Steps of a job are too late to save that:
// the image is pulled before the first of them.
func checkCondition(_ Examination, use StepRef) []deploy.Finding {
	if use.Workflow.Starts("issue_comment") && len(use.Workflow.Triggers) == 1 && !use.forComments() {
		return []deploy.Finding{block(
			use.where()+": its condition is false for every comment, and it never runs.",
			"Write `if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')`.",
		)}
	}
	if !use.Workflow.Starts("issue_comment") || hasCondition(use.Workflow, use.In) {
		return nil
	}
	return []deploy.Finding{warn(
		use.where()+": a runner starts for every comment, also on issues.",
		"Give the job `if: github.event.issue.pull_request && startsWith(github.event.comment.body, '.')`.",
	)}
}

func hasCondition(w workflow.Workflow, job workflow.Job) bool {
	return slices.ContainsFunc(append(w.Before(job.ID), job), func(one workflow.Job) bool { return !workflow.Unconditional(one.If) })
}

// checkConcurrency looks for groups in which a run ends a deployment of another one, or a command that waits.
func checkConcurrency(_ Examination, use StepRef) []deploy.Finding {
	found := append(cancelledRuns(use.Place, use.Workflow.Concurrency), cancelledRuns(use.Place, use.In.Concurrency)...)
	for _, job := range use.Workflow.After(use.Job) {
		if job.Concurrency.Cancels {
			found = append(found, cancelledRuns(Place{use.File, job.ID}, job.Concurrency)...)
		}
	}
	if use.Role == Promotes { // what does not run now is promoted by the next run
		found = slices.DeleteFunc(found, func(f deploy.Finding) bool { return f.Level == deploy.Warn })
	}
	return found
}

// A group that is named after the run or the comment has a single one.
var groupOfOne = regexp.MustCompile(`github\.(?:run_id|event\.comment\.id)\b`)

func cancelledRuns(at Place, group workflow.Concurrency) []deploy.Finding {
	switch {
	case group.Group == "" || groupOfOne.MatchString(group.Group):
		return nil
	case group.Cancels:
		return []deploy.Finding{block(
			at.where()+": `cancel-in-progress` lets the next run end a deployment that is under way.",
			"Set `cancel-in-progress: false`, or leave `concurrency` out: locks keep deployments apart.",
		)}
	case !group.Queues:
		return []deploy.Finding{warn(
			at.where()+": of the runs that wait in its `concurrency` group GitHub keeps the newest. The commands of the others get no answer.",
			"Let more of them wait with `queue: max`, or leave `concurrency` out: locks keep deployments apart.",
		)}
	}
	return nil
}

// split are the steps that leave the end to another one, and those that end what another one started.
func (s Setup) split() []StepRef {
	endsItself := func(u StepRef) bool { return u.Role != Finishes && !u.Settings.SkipCompleting }
	return slices.DeleteFunc(s.having(Commands, Promotes, Finishes), endsItself)
}

func checkFinish(e Examination, use StepRef) []deploy.Finding {
	if use.Role == Finishes {
		return e.finishing(use)
	}
	return unfinished(e, use)
}

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
	switch {
	case use.Settings.Result.Mode && use.Step.With["job_results"] == "":
		found = append(found, block(use.where()+": without `job_results` it knows no result to report.", "Set `job_results: ${{ toJSON(needs.*.result) }}`."))
	case !use.Settings.Result.Mode && use.Step.With["status"] == "":
		found = append(found, block(use.where()+": without `status` it reports how this job went, not how the deployment did.", "Set `status: ${{ needs.<job that deploys>.result }}`."))
	}
	return append(found, tolerated(use)...)
}

func (e Examination) starts(file, job string) bool {
	return slices.ContainsFunc(e.answers(), func(u StepRef) bool { return u.Place == Place{file, job} })
}

// tolerated reports failures that the end cannot see: a job with continue-on-error always counts as successful.
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
