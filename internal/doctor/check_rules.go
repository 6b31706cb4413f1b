package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkRules looks at the rules of the stable branch, on which the meaning of reviews and checks rests.
func checkRules(e Examination) []deploy.Finding {
	settings := e.Settings()
	if len(settings) == 0 {
		return nil
	}
	if problem := e.Facts.unread(DeploymentsPart); problem != nil {
		return problem
	}
	var found []deploy.Finding
	for _, c := range settings {
		found = append(found, deploy.AdviseOnRules(c, e.Facts.Deploy))
		if c.Checks.Mode == config.RequiredChecks && !e.Facts.Deploy.NoRules && !requiresChecks(e.Facts.Deploy.Rules) {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: "`checks: required` is set, but no rule of " + markdown.Code(c.StableBranch) + " requires a check: none has to pass.",
				Hint: "Require checks in a ruleset of the branch, or set `checks: all`.",
			})
		}
	}
	return found
}

func requiresChecks(rules []deploy.Rule) bool {
	return slices.ContainsFunc(rules, func(r deploy.Rule) bool { return r.Type == "required_status_checks" })
}
