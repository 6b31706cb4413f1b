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
		if !c.Knows("stable_branch", "use_security_warnings", "checks") {
			continue
		}
		found = append(found, deploy.AdviseOnRules(c.Config, e.Facts.Deploy))
		if c.Checks.Mode == config.RequiredChecks && !e.Facts.Deploy.NoRules && !requiresChecks(e.Facts.Deploy.Rules) {
			found = append(found, deploy.Finding{
				Level: deploy.Warn, Text: "`checks: required` is set, but no ruleset of " + markdown.Code(c.StableBranch) + " requires a check. Unless branch protection does, none has to pass.",
				Hint: "Require checks in a ruleset of the branch, or set `checks: all`.",
			})
		}
	}
	return found
}

func requiresChecks(rules []deploy.Rule) bool {
	return slices.ContainsFunc(rules, func(r deploy.Rule) bool { return r.Type == "required_status_checks" })
}
