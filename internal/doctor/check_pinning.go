package doctor

import (
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkPinning looks whether somebody else can change what runs. Tags and branches move; commits and digests
// do not.
func checkPinning(e Examination) []deploy.Finding {
	fixed := regexp.MustCompile(`@([0-9a-f]{40}|[0-9a-f]{64}|sha256:[0-9a-f]{64})$`)
	var found []deploy.Finding
	for _, use := range e.Uses {
		for _, step := range use.In.Steps {
			if step.Uses == "" || strings.HasPrefix(step.Uses, "./") || fixed.MatchString(step.Uses) || byGitHub(step.Uses) {
				continue
			}
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: use.where() + ": " + markdown.Code(step.Uses) + " is not pinned: whoever can move that name changes what runs with this job's permissions and secrets.",
				Hint: "Write the full commit in its place, with the version behind it as a comment. Dependabot and Renovate keep both up to date.",
			})
		}
	}
	return orFine(found, "the actions of these jobs are pinned, or are GitHub's own")
}

func byGitHub(uses string) bool {
	return strings.HasPrefix(uses, "actions/") || strings.HasPrefix(uses, "github/")
}
