package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/track"
	"github.com/lockstep-action/lockstep/internal/workflow"
)

// checkInputs looks at what each step sets.
func checkInputs(e Examination) []deploy.Finding {
	var found []deploy.Finding
	for _, problem := range e.Invalid {
		found = append(found, wrongInput("This step", problem))
	}
	for _, use := range e.Uses {
		for _, problem := range use.Wrong {
			found = append(found, wrongInput(use.where(), problem))
		}
		for _, problem := range use.Unknown {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: use.where() + ": " + markdown.Code(problem) + ", so that GitHub leaves it out.",
				Hint: "Correct it, or leave it out; `docs/inputs.md` of the action names each input.",
			})
		}
		for _, name := range writtenSecrets(use) {
			found = append(found, deploy.Finding{
				Level: deploy.Block, Text: use.where() + ": the secret " + markdown.Code(name) + " stands in the file for everybody to read.",
				Hint: "Replace it where it comes from, store the new one as a secret of the repository, and write " + markdown.Code(name+": ${{ secrets.NAME }}") + ".",
			})
		}
	}
	return orFine(found, "every input that is set has a value that the action takes")
}

func wrongInput(where, problem string) deploy.Finding {
	return deploy.Finding{
		Level: deploy.Block, Text: where + ": " + markdown.Code(problem) + ".",
		Hint: "Correct it; `docs/inputs.md` of the action explains each input.",
	}
}

// writtenSecrets lists inputs that hold a secret in plain text.
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
