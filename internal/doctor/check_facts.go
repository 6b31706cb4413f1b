package doctor

import (
	"maps"
	"slices"

	"github.com/lockstep-action/lockstep/internal/checkup"
	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

func (s Setup) withTeams() []Settings {
	return slices.DeleteFunc(s.Settings(), func(c Settings) bool { return len(c.Admins.Teams) == 0 })
}

// checkAdmins looks whether the members of teams can be found out. The token of a workflow never may.
func checkAdmins(_ Examination, c Settings) []deploy.Finding {
	if c.Admins.Token != "" || !c.Knows("admins_pat", "team_token") {
		return nil
	}
	return []deploy.Finding{warn(
		"`admins` names teams ("+markdown.Codes(c.Admins.Teams, ", ")+"), but there is no token that may read their members: they do not count as admins.",
		"Give `admins_pat` a token that may read the organization's members.",
	)}
}

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
		found = append(found, guarded(c, e.Facts.Deploy)...)
	}
	return found
}

// guarded looks whether the rules of the branch let people change the rules file alone.
func guarded(c Settings, facts deploy.Facts) []deploy.Finding {
	if _, missing := facts.Missing(deploy.RulesPart); c.Policy == nil || missing || facts.NoRules {
		return nil
	}
	asks := func(parameter string, is func(any) bool) bool {
		return slices.ContainsFunc(facts.Rules, func(r deploy.Rule) bool { return r.Type == "pull_request" && is(r.Parameters[parameter]) })
	}
	isPositive := func(value any) bool { number, _ := value.(int); return number > 0 }
	isOn := func(value any) bool { return value == true }
	var found []deploy.Finding
	if !asks("required_approving_review_count", isPositive) {
		found = append(found, warn(
			"No ruleset of "+markdown.Code(c.StableBranch)+" asks for a review. Unless branch protection does, who can push to it can change "+markdown.Code(c.PolicyFile.Path)+", and with it the rules.",
			"Require pull requests with at least one approval in a ruleset of the branch.",
		))
	}
	if c.countsReviews() && !asks("require_code_owner_review", isOn) {
		found = append(found, warn(
			"`reviews` in the rules file counts approvals. It does not ask for those of code owners, and takes those of the person who pushed last; no ruleset of "+markdown.Code(c.StableBranch)+" asks for code owners either.",
			"If they should count, switch on *Require review from Code Owners* and *Require approval of the most recent reviewable push* in a ruleset of the branch.",
		))
	}
	return found
}

// blockingRules are the types of rules that a lock can run into: it is one commit that is pushed without a pull
// request, and a branch that comes and goes. See GET /repos/{owner}/{repo}/rules/branches/{branch}.
func blockingRules() []string {
	return []string{
		"creation", "update", "deletion", "pull_request", "required_status_checks", "required_deployments", "required_signatures",
		"workflows", "branch_name_pattern", "commit_message_pattern", "commit_author_email_pattern", "committer_email_pattern",
		"file_path_restriction", "max_file_size", "file_extension_restriction",
	}
}

func checkLocks(e Examination) []deploy.Finding {
	if len(e.Facts.LockRules) == 0 {
		return e.unavailable(checkup.LockRulesPart)
	}
	var branches, rules []string
	for _, branch := range slices.Sorted(maps.Keys(e.Facts.LockRules)) {
		blocking := slices.DeleteFunc(slices.Clone(e.Facts.LockRules[branch]), func(rule string) bool { return !slices.Contains(blockingRules(), rule) })
		if len(blocking) > 0 {
			branches, rules = append(branches, branch), append(rules, blocking...)
		}
	}
	slices.Sort(rules)
	found := fine("no rule blocks locks")
	if len(branches) > 0 {
		found = []deploy.Finding{warn(
			"Rules of the repository ("+markdown.Codes(slices.Compact(rules), ", ")+") also apply to the branches that are locks: "+
				markdown.Codes(branches, ", ")+". GitHub may refuse to create or to delete them.",
			"Exclude `**/*-branch-deploy-lock` from the ruleset, or let GitHub Actions bypass it.",
		)}
	}
	return append(found, e.unavailable(checkup.LockRulesPart)...)
}

func checkSticky(e Examination) []deploy.Finding {
	sticky := slices.ContainsFunc(e.Settings(), func(c Settings) bool {
		return !c.Locks.Disabled && (c.Locks.Sticky || c.Locks.StickyNoop) && c.Locks.Expiry == 0 && c.Knows("lock_expiry")
	})
	if !sticky || len(e.Files) == 0 || e.unavailable(checkup.FilesPart) != nil {
		return nil
	}
	if len(e.having(Unlocks, Unclear)) > 0 {
		return fine("a workflow frees the locks of pull requests that have ended")
	}
	return []deploy.Finding{warn(
		"Deployments keep their locks, also when the pull request is merged, and no workflow frees them then.",
		"Add one with `unlock_on_merge_mode: true`, as `docs/merge-modes.md` of the action shows it, or free them with `.unlock`.",
	)}
}

// checkTracking looks whether receivers of events can be reached. None is sent an event.
func checkTracking(e Examination) []deploy.Finding {
	const check = "Check its address, and that this runner may reach it."
	var found []deploy.Finding
	for _, receiver := range e.Facts.Receivers {
		name, problem := markdown.Code(receiver.Name), markdown.Code(receiver.Problem)
		switch {
		case receiver.Problem == "":
			found = append(found, deploy.Finding{Level: deploy.Pass, Text: name + " answers; no event was sent to it"})
		case receiver.Gate:
			found = append(found, block(name+" is asked before each deployment, and was not reached: "+problem+".", check))
		default:
			found = append(found, warn(name+" was not reached: "+problem+".", check+" Deployments go on without it."))
		}
	}
	return found
}
