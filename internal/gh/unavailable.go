package gh

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// source is a field of the query that can fail on its own.
type source struct {
	field string // a name or alias on the path of the error
	part  deploy.Part
	what  doing
}

// sources lists them so that the first that lies on an error's path is the one that failed.
func sources(environments []string, locks int) []source {
	var all []source
	for i := range locks {
		all = append(all, source{lockAlias(i), deploy.LocksPart, doing{"read the locks", "contents: read"}})
	}
	all = append(all, []source{
		{liveAlias, deploy.LivePart, doing{"read what runs in the environment", "deployments: read"}},
		{templateAlias, deploy.TemplatePart, doing{"read the template of the message", "contents: read"}},
		{"statusCheckRollup", deploy.ChecksPart, doing{"read the checks of the commit", "checks: read` and `statuses: read"}},
		{"checkSuites", deploy.ChecksPart, doing{"read the checks of the commit", "checks: read"}},
		{"compare", deploy.FreshnessPart, doing{"compare the branch with its base", "contents: read"}},
		{"ruled", deploy.RulesPart, doing{"read the rules of the stable branch", "contents: read"}},
		{exactAlias, deploy.ExactPart, doing{"read the exact commit", "contents: read"}},
		{inStableAlias, deploy.ExactPart, doing{"find out where the exact commit belongs", "contents: read"}},
		{inPullAlias, deploy.ExactPart, doing{"find out where the exact commit belongs", "contents: read"}},
		{"gates", deploy.GatesPart, doing{"read the state of the pull request", "pull-requests: read"}},
		{"pullRequest", deploy.PullPart, doing{"read the pull request", "pull-requests: read"}},
		{"stable", deploy.StablePart, doing{"read the stable branch", "contents: read"}},
	}...)
	for i, environment := range environments {
		all = append(all, source{
			environmentAlias(i), deploy.DeploymentsPart + deploy.Part(environment),
			doing{"read the deployments of " + markdown.Code(environment), "deployments: read"},
		})
	}
	return all
}

// unread notes which parts of the facts are missing because of an error, and why.
func unread(got answer) map[deploy.Part]deploy.Problem {
	missing := map[deploy.Part]deploy.Problem{}
	for _, problem := range got.problems {
		if problem.Type == "NOT_FOUND" && problem.on("file") {
			continue // a branch without the file of a lock, which has nothing else to say
		}
		if plainPlan(problem) {
			continue
		}
		for _, one := range sources(got.environments, len(got.asked.needs.Locks)) {
			if problem.on(one.field) {
				missing[one.part] = Explain(one.what.failed(problem))
				break
			}
		}
	}
	return missing
}

// plainPlan tells the errors that say that the repository's plan knows no rules: then there is nothing
// to be read, and nothing that somebody could change about it here.
func plainPlan(problem *GraphError) bool {
	return (problem.on("ruled") || problem.on("rules") || problem.on("refUpdateRule")) &&
		strings.Contains(problem.Message, "Upgrade to GitHub Pro or make this repository public")
}
