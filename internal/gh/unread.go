package gh

import (
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
func sources(environments []string) []source {
	all := []source{
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
	}
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
		for _, one := range sources(got.environments) {
			if problem.on(one.field) {
				missing[one.part] = Explain(one.what.failed(problem))
				break
			}
		}
	}
	return missing
}
