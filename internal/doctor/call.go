package doctor

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/similar"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// reusable is where the action's repository has the workflow that others call.
const reusable = "/.github/workflows/deploy.yml"

// CallInputs are the inputs of the reusable workflow, each with the input of the action that it becomes, "" for one
// that the action does not see.
func CallInputs() map[string]string {
	return map[string]string{
		"script": "", "noop": "", "runner": "", "timeout_minutes": "",
		"environments": "environment_targets", "default_environment": "environment", "environment_urls": "environment_urls",
		"rules": "policy_path", "checks": "checks", "confirmation": "deployment_confirmation",
	}
}

// CallOutputs are the outputs of the reusable workflow.
func CallOutputs() []string {
	return []string{"continue", "environment", "noop", "sha", "reason_code", "run_attempt"}
}

// CallSecrets are the secrets of the reusable workflow.
func CallSecrets() []string { return []string{deployKey, "VERSIONER_API_KEY"} }

const deployKey = "DEPLOY_KEY" // the one that scripts get

// isCall reports whether a job calls the reusable workflow of this action.
func isCall(names []string, uses string) bool {
	name, _, _ := strings.Cut(uses, "@")
	repository, isReusable := strings.CutSuffix(name, reusable)
	return isReusable && isOurs(names, repository)
}

// newCall is a job that calls the reusable workflow, as a step that does all of it.
func newCall(at Place, w workflow.Workflow, job workflow.Job) StepRef {
	job.Steps = []workflow.Step{{Uses: job.Uses, With: asStep(job.With)}}
	job.Outputs = map[string]string{}
	for _, output := range CallOutputs() {
		job.Outputs[output] = "${{ jobs.start.outputs." + output + " }}"
	}
	use := newStepRef(at, w, job, 0)
	use.Called = true
	use.Wrong = slices.Concat(asCall(use.Wrong), wrongCall(job))
	return use
}

// asStep returns the inputs of the action that follow from those of the reusable workflow.
func asStep(with map[string]string) map[string]string {
	given := map[string]string{}
	for name, becomes := range CallInputs() {
		if value := with[name]; value != "" && becomes != "" {
			given[becomes] = value
		}
	}
	switch rules := with["rules"]; {
	case rules == "" && strings.Contains(with["environments"], ","): // one environment needs no order
		given["enforced_deployment_order"] = with["environments"]
	case workflow.Computed(rules):
		given["enforced_deployment_order"] = rules
	}
	if with["default_environment"] == "" {
		given["disable_naked_commands"] = "true"
	}
	return given
}

// asCall names the inputs of the reusable workflow where something is wrong with those of the action.
func asCall(wrong []string) []string {
	var named []string
	for _, line := range wrong {
		line = strings.ReplaceAll(line, `"enforced_deployment_order"`, `"environments"`)
		for name, becomes := range CallInputs() {
			if becomes != "" {
				line = strings.ReplaceAll(line, strconv.Quote(becomes), strconv.Quote(name))
			}
		}
		named = append(named, line)
	}
	return slices.Compact(named)
}

// wrongCall lists why GitHub does not start a call by this job.
func wrongCall(job workflow.Job) []string {
	var wrong []string
	for _, name := range sortedKeys(job.With) {
		if _, known := CallInputs()[name]; !known {
			wrong = append(wrong, fmt.Sprintf("the reusable workflow has no input %q%s: GitHub does not start it", name, perhaps(similar.Nearest(name, sortedKeys(CallInputs())))))
		}
	}
	for _, name := range sortedKeys(job.Secrets) {
		if !has(CallSecrets(), name) {
			wrong = append(wrong, fmt.Sprintf("the reusable workflow has no secret %q: GitHub does not start it", name))
		}
	}
	for _, name := range []string{"script", "environments"} {
		if job.With[name] == "" {
			wrong = append(wrong, fmt.Sprintf("the input %q of the reusable workflow is missing, or not a text: GitHub does not start it", name))
		}
	}
	return append(wrong, wrongEnvironments(job.With["environments"], job.With["default_environment"])...)
}

// wrongEnvironments finds names that are in no list.
func wrongEnvironments(environments, byDefault string) []string {
	switch {
	case environments == "" || workflow.Computed(environments):
		return nil
	case !strings.Contains(environments, ",") && len(strings.Fields(environments)) > 1:
		return []string{`the input "environments" is a single name, which no command can name: separate names by commas`}
	case byDefault == "" || workflow.Computed(byDefault) || slices.Contains(config.List(environments), byDefault):
		return nil
	}
	return []string{fmt.Sprintf("the input \"default_environment\" names %q, which is not among \"environments\"", byDefault)}
}

var (
	fromOutside = regexp.MustCompile(`(?i)\bgithub\s*(?:\.\s*|\[\s*')(?:event\b|head_ref)|\(\s*github\s*\)`)
	numbers     = regexp.MustCompile(`\bgithub\.event\.(?:issue\.number|comment\.id)\b`) // GitHub writes these
)

// injectedCall finds text of others inside of the script that a call hands over.
func injectedCall(use StepRef) []deploy.Finding {
	if !use.Called {
		return nil
	}
	var found []deploy.Finding
	for _, one := range expression.FindAllString(use.In.With["script"], -1) {
		if fromOutside.MatchString(numbers.ReplaceAllString(one, "")) {
			found = append(found, block(
				use.where()+": the input `script` contains "+markdown.Code(one)+": the author of that text writes the script.",
				"Use the variables `ENVIRONMENT`, `SHA` and `PARAMS` in the script.",
			))
		}
	}
	return found
}

// withheld finds secrets that a call means to hand over, and that do not arrive: GitHub passes none to a workflow of
// another owner unless they are named.
func (e Examination) withheld(use StepRef) []deploy.Finding {
	if !use.Called {
		return nil
	}
	hint := "Hand over each secret by name, below `secrets:`: " + markdown.Code(deployKey+": ${{ secrets."+deployKey+" }}") + "."
	switch inherits := use.In.Inherits; {
	case inherits && !strings.EqualFold(ownerOf(use.In.Uses), ownerOf(e.Repository)):
		return []deploy.Finding{warn(use.where()+": with `secrets: inherit`, GitHub hands no secrets to a workflow of another owner.", hint)}
	case !inherits && !has(sortedKeys(use.In.Secrets), deployKey) && strings.Contains(use.In.With["script"], deployKey):
		return []deploy.Finding{warn(use.where()+": the script uses "+markdown.Code(deployKey)+", which the job does not hand over.", hint)}
	}
	return nil
}

// orderless finds a call that leaves the order to a rules file that has none.
func orderless(use StepRef) []deploy.Finding {
	c := use.Settings
	if !use.Called || use.In.With["rules"] == "" || c.Policy == nil || len(c.Targets) < 2 || len(c.earlier()) > 0 {
		return nil
	}
	return []deploy.Finding{warn(
		use.where()+": with the input `rules`, the order is that of `after` in the rules file, which has none: no order is enforced.",
		"Set `after` in the file, or leave the input out.",
	)}
}

func ownerOf(repository string) string {
	owner, _, _ := strings.Cut(repository, "/")
	return owner
}
