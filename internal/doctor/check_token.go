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
	var refused, unclear []Grant
	for _, grant := range e.Facts.Token {
		switch {
		case grant.Problem != nil:
			unclear = append(unclear, grant)
		case !grant.Allowed:
			refused = append(refused, grant)
		}
	}
	found := append(unknownGrants(unclear), refusedGrants(refused)...)
	return orFine(found, "the token of this job may do what deployments need")
}

// unknownGrants says it once: mostly one thing kept all of them from being found out.
func unknownGrants(unclear []Grant) []deploy.Finding {
	if len(unclear) == 0 {
		return nil
	}
	var names []string
	for _, grant := range unclear {
		names = append(names, grant.Permission)
	}
	first := unclear[0].Problem
	return []deploy.Finding{{
		Level: deploy.Warn, Text: "It is not known whether the token has " + markdown.Codes(names, ", ") + ". " + first.Text, Hint: first.Hint,
	}}
}

// refusedGrants says what the token may not do. Without what is only for comfort deployments work all the same.
func refusedGrants(refused []Grant) []deploy.Finding {
	if len(refused) == 0 {
		return nil
	}
	var names, purposes []string
	level := deploy.Warn
	for _, grant := range refused {
		names, purposes = append(names, grant.Permission), append(purposes, grant.For)
		if scope, _, _ := strings.Cut(grant.Permission, ":"); !(need{scope: scope}).forgone() {
			level = deploy.Block
		}
	}
	hint := "Add " + markdown.Codes(names, ", ") + " to the `permissions:` of the job."
	if refused[0].Personal {
		hint = "Give it " + markdown.Codes(names, ", ") + " where it was made: `permissions:` of a job say nothing about it."
	}
	return []deploy.Finding{{Level: level, Text: "The token of this job may not " + strings.Join(purposes, ", nor ") + ".", Hint: hint}}
}
