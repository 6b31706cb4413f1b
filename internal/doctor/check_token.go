package doctor

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkToken says what the token of this job was seen to lack.
func checkToken(e Examination) []deploy.Finding {
	if len(e.Facts.Token) == 0 {
		return nil
	}
	var lacking, purposes []string
	var found []deploy.Finding
	for _, grant := range e.Facts.Token {
		switch {
		case grant.Problem != nil:
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: "It is not known whether the token has " + markdown.Code(grant.Permission) + ". " + grant.Problem.Text, Hint: grant.Problem.Hint,
			})
		case !grant.Allowed:
			lacking, purposes = append(lacking, grant.Permission), append(purposes, grant.For)
		}
	}
	if len(lacking) > 0 {
		found = append(found, deploy.Finding{
			Level: deploy.Block, Text: "The token of this job may not " + strings.Join(purposes, ", nor ") + ".",
			Hint: "Add " + markdown.Codes(lacking, ", ") + " to the `permissions:` of the job.",
		})
	}
	return orFine(found, "the token of this job may do what deployments need")
}
