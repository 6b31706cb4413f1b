package doctor

import (
	"maps"
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// checkLocks looks for rules that keep the branches of locks from being created or deleted.
func checkLocks(e Examination) []deploy.Finding {
	if len(e.Facts.LockRules) == 0 {
		return e.Facts.unread(LockRulesPart)
	}
	var branches, hindering []string
	for _, branch := range slices.Sorted(maps.Keys(e.Facts.LockRules)) {
		hinders := func(rule string) bool { return slices.Contains(blockingRules(), rule) }
		if slices.ContainsFunc(e.Facts.LockRules[branch], hinders) {
			branches = append(branches, branch)
			hindering = append(hindering, e.Facts.LockRules[branch]...)
			hindering = slices.DeleteFunc(hindering, func(rule string) bool { return !hinders(rule) })
		}
	}
	slices.Sort(hindering)
	var found []deploy.Finding
	if len(branches) > 0 {
		found = append(found, deploy.Finding{
			Level: deploy.Warn,
			Text: "Rules of the repository (" + markdown.Codes(slices.Compact(hindering), ", ") + ") also hold for the branches that are locks: " +
				markdown.Codes(branches, ", ") + ". GitHub may refuse to create or to delete them.",
			Hint: "Exclude `**/*-branch-deploy-lock` from the ruleset, or let GitHub Actions bypass it.",
		})
	}
	return append(orFine(found, "no rule stands in the way of locks"), e.Facts.unread(LockRulesPart)...)
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
