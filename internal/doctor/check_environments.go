package doctor

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkEnvironments compares the environments that commands name with those of the repository.
func checkEnvironments(e Examination) []deploy.Finding {
	known := gather(e.Settings(), targets)
	if len(known) == 0 {
		return nil
	}
	if problem := e.Facts.unread(EnvironmentsPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, target := range known {
		environment, exists := e.environment(target)
		if !exists {
			found = append(found, e.unknown(target, known)...)
			continue
		}
		if environment.Name != target {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: "The environment " + markdown.Code(target) + " is called " + markdown.Code(environment.Name) + " on GitHub.",
				Hint: "Use one spelling: the order and locks tell them apart.",
			})
		}
		found = append(found, e.bypassed(environment)...)
	}
	return orFine(found, "the environments of commands are those of the repository, or do not exist yet: "+markdown.Codes(known, ", "))
}

func (e Examination) environment(name string) (Environment, bool) {
	i := slices.IndexFunc(e.Facts.Environments, func(one Environment) bool { return strings.EqualFold(one.Name, name) })
	if i < 0 {
		return Environment{}, false
	}
	return e.Facts.Environments[i], true
}

// unknown tells targets that look like a mistyped environment. One that is like no other is created by its
// first deployment, and one that is like another target is meant.
func (e Examination) unknown(target string, known []string) []deploy.Finding {
	for _, one := range e.Facts.Environments {
		if slices.ContainsFunc(known, func(other string) bool { return strings.EqualFold(other, one.Name) }) {
			continue
		}
		distance := levenshtein.ComputeDistance(strings.ToLower(target), strings.ToLower(one.Name))
		if !e.Facts.Unlisted && distance*3 < len(target) {
			return []deploy.Finding{{
				Level: deploy.Warn, Text: "The repository has no environment " + markdown.Code(target) + ", but one that is called " + markdown.Code(one.Name) + ".",
				Hint: "If that is the one, correct `environment_targets`; otherwise GitHub creates the other one with its first deployment.",
			}}
		}
	}
	return nil
}

// bypassed tells protection rules that no job waits for: GitHub applies them to jobs with "environment:",
// and to nothing else. What a called workflow does is not known.
func (e Examination) bypassed(environment Environment) []deploy.Finding {
	names := func(use StepRef) bool {
		for _, job := range use.Workflow.Jobs {
			if job.Uses != "" || job.Environment.Computed || strings.EqualFold(job.Environment.Name, environment.Name) {
				return true
			}
		}
		return false
	}
	if len(environment.Rules) == 0 || len(e.Uses) == 0 || slices.ContainsFunc(e.Uses, names) {
		return nil
	}
	rules := make([]string, len(environment.Rules))
	for i, rule := range environment.Rules {
		rules[i] = strings.ReplaceAll(strings.ToLower(rule), "_", " ")
	}
	return []deploy.Finding{{
		Level: deploy.Warn,
		Text:  markdown.Code(environment.Name) + " has protection rules on GitHub (" + markdown.Codes(rules, ", ") + "), but no job waits for them.",
		Hint:  "They hold for jobs with `environment:`. Let the job that deploys have `environment: {name: …, deployment: false}`.",
	}}
}
