package doctor

import (
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/template"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

func checkInputs(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, problem := range e.Invalid {
		found = append(found, wrongInput("This step", problem, "docs/inputs.md"))
	}
	for _, use := range e.Uses {
		for _, problem := range use.Wrong {
			found = append(found, wrongInput(use.where(), problem, use.page()))
		}
		for _, problem := range use.Unknown {
			found = append(found, warn(
				use.where()+": "+markdown.Code(problem)+"; GitHub leaves it out.",
				"Correct it, or leave it out; `docs/inputs.md` of the action names each input.",
			))
		}
		found = append(found, deafStep(use)...)
		found = append(found, e.withheld(use)...)
		found = append(found, orderless(use)...)
		for _, name := range writtenSecrets(use) {
			found = append(found, block(
				use.where()+": the secret "+markdown.Code(name)+" is written in the file, where everyone can read it.",
				"Replace it where it comes from, store the new one as a secret of the repository, and write "+markdown.Code(name+": ${{ secrets.NAME }}")+".",
			))
		}
	}
	return orFine(found, "every input that is set has a value that the action takes")
}

// deafStep finds a step that is there for comments, and records a step instead because of an input.
func deafStep(use StepRef) []deploy.Finding {
	with := use.Step.With
	if use.Role != Tracks || use.Settings.Mode != config.Auto || !use.Workflow.Starts("issue_comment") || with["version"] == "" || with["environment"] != "" {
		return nil
	}
	return []deploy.Finding{block(
		use.where()+": comments get no answer, because with the input `version` the step records a deployment, and it names no environment.",
		"Set `mode: comment` next to `version`.",
	)}
}

func wrongInput(where, problem, page string) deploy.Finding {
	return block(where+": "+markdown.Code(problem)+".", "Correct it; "+markdown.Code(page)+" of the action explains each input.")
}

// page explains the inputs that the step is given.
func (u StepRef) page() string {
	if u.Called {
		return "docs/reusable-workflow.md"
	}
	return "docs/inputs.md"
}

func writtenSecrets(use StepRef) []string {
	var names []string
	for _, input := range config.Inputs(track.SinkTypes()...) {
		for _, name := range input.Spellings() {
			value := use.Step.With[name]
			if input.Secret && value != "" && value != input.Default && !workflow.Computed(value) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

type named struct {
	input                   string
	environments, reachable []string
}

// naming lists what inputs name, apart from those that were left as they are.
func (s Setup) naming() []named {
	var all []named
	for _, c := range s.Settings() {
		if !c.Knows("environment_targets", "environment") {
			continue
		}
		all = append(all,
			named{"skip_ci", c.Checks.Skip, c.reachable()},
			named{"skip_reviews", c.Reviews.Skip, c.reachable()},
			named{"draft_permitted_targets", c.Origin.Drafts, c.reachable()},
			named{"environment_urls", slices.Sorted(maps.Keys(c.EnvironmentURLs)), c.reachable()},
		)
		if strings.Join(c.ProductionEnvironments, ",") != config.Defaults(track.SinkTypes()...)["production_environments"] {
			all = append(all, named{"production_environments", c.ProductionEnvironments, c.reachable()})
		}
	}
	return slices.DeleteFunc(all, func(one named) bool { return len(one.environments) == 0 })
}

// checkNames looks for settings about environments that no command can name. They have no effect.
func checkNames(_ Examination, one named) []deploy.Finding {
	idle := unlisted(one.environments, one.reachable)
	if len(idle) == 0 {
		return nil
	}
	return []deploy.Finding{warn(
		markdown.Code(one.input)+" names what no command can deploy to: "+markdown.Codes(idle, ", ")+".",
		"Correct the name, or add it to `environment_targets`.",
	)}
}

func checkLabels(e Examination) []deploy.Finding {
	labels := Labels(e.Settings())
	if len(labels) == 0 {
		return nil
	}
	if problem := e.unavailable(checkup.LabelsPart); problem != nil {
		return problem
	}
	unknown := slices.DeleteFunc(slices.Clone(labels), func(label string) bool { return e.Facts.Labels[label] })
	if len(unknown) == 0 {
		return fine("all labels exist: " + markdown.Codes(labels, ", "))
	}
	return []deploy.Finding{warn(
		"The repository does not have these labels yet: "+markdown.Codes(unknown, ", ")+".",
		"Create them, such as with `gh label create`: a token without `issues: write` may not be able to. If a name is mistyped, correct it.",
	)}
}

func checkTemplate(e Examination) []deploy.Finding {
	paths := templates(e.Settings())
	if len(paths) == 0 {
		return nil
	}
	if problem := e.unavailable(checkup.TemplatesPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, path := range paths {
		found = append(found, templateMistakes(path, e.Facts.Files[path])...)
	}
	return orFine(found, "the template of the comment on results can be used, or does not exist")
}

func templateMistakes(path string, text *string) []deploy.Finding {
	if text == nil && path != config.Defaults()["deploy_message_path"] { // the default may be missing
		return []deploy.Finding{warn("There is no template "+markdown.Code(path)+".", "Commit it to the default branch, or leave `deploy_message_path` out.")}
	}
	if text == nil {
		return nil
	}
	if _, err := template.Parse(*text); err != nil {
		problem := deploy.UnusableTemplate(path, err)
		return []deploy.Finding{warn(problem.Text, problem.Hint)}
	}
	return nil
}
