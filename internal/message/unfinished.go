package message

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// Unfinished shows on the workflow run's page what could not be put in order.
func Unfinished(problems []deploy.Problem) string {
	var b strings.Builder
	b.WriteString("## Lockstep: cleanup incomplete\n\n")
	for _, problem := range problems {
		text := strings.TrimSpace(problem.Text + " " + problem.Hint)
		b.WriteString("- " + strings.ReplaceAll(text, "\n", " ") + "\n")
	}
	return b.String()
}
