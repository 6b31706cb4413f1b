package doctor

import (
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// asked is what an expression of a job asks for.
type asked struct {
	workflow.Reference
	instead bool // the expression has something to fall back on
}

// asking lists what the expressions of a job ask for: all that is in ${{ }}, and conditions.
func asking(job workflow.Job) []asked {
	conditions := []string{job.If}
	for _, step := range job.Steps {
		conditions = append(conditions, step.If)
	}
	var all []asked
	for _, text := range conditions {
		if !workflow.Computed(text) {
			all = append(all, inExpression(text)...)
		}
	}
	for _, text := range slices.Concat(job.Values, values(job.Outputs)) {
		for _, one := range expression.FindAllString(text, -1) {
			all = append(all, inExpression(one)...)
		}
	}
	return all
}

func inExpression(text string) []asked {
	var all []asked
	for _, one := range workflow.References(text) {
		all = append(all, asked{one, strings.Contains(text, "||")})
	}
	return all
}

// checkOutputs looks for steps, jobs and outputs that are asked for and do not exist. The answer is always empty.
func checkOutputs(e Examination, use StepRef) []deploy.Finding {
	var found []deploy.Finding
	for _, job := range append([]workflow.Job{use.In}, use.Workflow.After(use.Job)...) {
		for _, one := range asking(job) {
			problem, hint := e.missing(use, job, one.Reference)
			switch {
			case problem == "":
			case one.instead:
				found = append(found, warn(Place{use.File, job.ID}.where()+": "+problem, hint))
			default:
				found = append(found, block(Place{use.File, job.ID}.where()+": "+problem, hint))
			}
		}
	}
	return found
}

func (e Examination) missing(use StepRef, job workflow.Job, one workflow.Reference) (problem, hint string) {
	if one.Context == "steps" {
		return e.missingInStep(job, one)
	}
	return missingInJob(use, job, one)
}

func (e Examination) missingInStep(job workflow.Job, one workflow.Reference) (problem, hint string) {
	var ids []string
	for _, step := range job.Steps {
		if step.ID != "" {
			ids = append(ids, step.ID)
		}
	}
	i := slices.IndexFunc(job.Steps, func(step workflow.Step) bool { return strings.EqualFold(step.ID, one.ID) })
	switch {
	case i < 0:
		return "no step has the `id` " + markdown.Code(one.ID) + ", so " + markdown.Code("steps."+one.ID) + " is always empty.", instead(one.ID, ids, "steps.")
	case one.Output == "" || !isOurs(e.Names, job.Steps[i].Uses) || has(config.OutputNames(), one.Output):
		return "", ""
	}
	return "Lockstep has no output " + markdown.Code(one.Output) + ", so " + markdown.Code("steps."+one.ID+".outputs."+one.Output) + " is always empty.",
		instead(one.Output, config.OutputNames(), "steps."+one.ID+".outputs.")
}

func missingInJob(use StepRef, job workflow.Job, one workflow.Reference) (problem, hint string) {
	other, exists := use.Workflow.Job(one.ID)
	if use.Called && one.ID == use.Job {
		other.Uses, other.Outputs = "", use.In.Outputs
	}
	switch {
	case !has(job.Needs, one.ID) && exists:
		return "it does not wait for the job " + markdown.Code(one.ID) + ", so " + markdown.Code("needs."+one.ID) + " is always empty.",
			"Add " + markdown.Code(one.ID) + " to its `needs:`."
	case !has(job.Needs, one.ID):
		return "there is no job " + markdown.Code(one.ID) + ", so " + markdown.Code("needs."+one.ID) + " is always empty.", instead(one.ID, job.Needs, "needs.")
	case !exists || one.Output == "" || other.Uses != "" || has(sortedKeys(other.Outputs), one.Output):
		return "", ""
	}
	problem = "the job " + markdown.Code(one.ID) + " has no output " + markdown.Code(one.Output) + ", so " + markdown.Code("needs."+one.ID+".outputs."+one.Output) + " is always empty."
	if one.ID == use.Job && !use.Called && has(config.OutputNames(), one.Output) {
		return problem, "Add " + markdown.Code(one.Output+": ${{ steps."+stepID(use)+".outputs."+one.Output+" }}") + " to the `outputs:` of that job."
	}
	return problem, instead(one.Output, sortedKeys(other.Outputs), "needs."+one.ID+".outputs.")
}

func sortedKeys(mapping map[string]string) []string { return slices.Sorted(maps.Keys(mapping)) }

func has(names []string, name string) bool {
	return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// instead says what may be meant: the name that takes the fewest changes, or one of a few.
func instead(name string, known []string, before string) string {
	if len(known) == 0 {
		return "Correct it, or leave it out."
	}
	changes := func(to string) int { return levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(to)) }
	nearest := slices.MinFunc(known, func(a, b string) int { return changes(a) - changes(b) })
	if changes(nearest)*2 >= max(len(nearest), len(name)) {
		if len(known) > 5 {
			return "Correct it, or leave it out; `docs/outputs.md` of the action names each output."
		}
		return "Correct it, or leave it out. There is " + markdown.Codes(prefixed(before, known), ", ") + "."
	}
	return "Perhaps " + markdown.Code(before+nearest) + " is meant."
}

func prefixed(before string, names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, before+name)
	}
	return all
}
