package doctor

import (
	"slices"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkAdmins looks whether the members of teams can be found out. The token of a workflow never may.
func checkAdmins(e Examination) []deploy.Finding {
	var found []deploy.Finding
	teams := false
	for _, c := range e.Settings() {
		teams = teams || len(c.Admins.Teams) > 0
		if len(c.Admins.Teams) > 0 && c.Admins.Token == "" && c.Knows("admins_pat") {
			found = append(found, warn(
				"`admins` names teams ("+markdown.Codes(c.Admins.Teams, ", ")+"), but there is no token that may read their members: they do not count as admins.",
				"Give `admins_pat` a token that may read the organization's members.",
			))
		}
	}
	if !teams {
		return nil
	}
	return orFine(found, "there is a token for the teams among the admins")
}

// checkRules looks at the rules of the stable branch, on which the meaning of reviews and checks rests.
func checkRules(e Examination) []deploy.Finding {
	settings := e.Settings()
	if len(settings) == 0 {
		return nil
	}
	if problem := e.unavailable(checkup.DeploymentsPart); problem != nil {
		return problem
	}
	requiresChecks := slices.ContainsFunc(e.Facts.Deploy.Rules, func(r deploy.Rule) bool { return r.Type == "required_status_checks" })
	var found []deploy.Finding
	for _, c := range settings {
		if !c.Knows("stable_branch", "use_security_warnings", "checks") {
			continue
		}
		found = append(found, deploy.AdviseOnRules(c.Config, e.Facts.Deploy))
		if c.Checks.Mode == config.RequiredChecks && !e.Facts.Deploy.NoRules && !requiresChecks {
			found = append(found, warn(
				"`checks: required` is set, but no ruleset of "+markdown.Code(c.StableBranch)+" requires a check. Unless branch protection does, none has to pass.",
				"Require checks in a ruleset of the branch, or set `checks: all`.",
			))
		}
	}
	return found
}
