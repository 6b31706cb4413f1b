package gh

import (
	"reflect"
	"strings"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

func deploymentsOf(environment string) deploy.Part {
	return deploy.DeploymentsPart + deploy.Part(environment)
}

// answeredParts reports which parts an answer is complete on. What was asked for and does not exist, such as a
// branch, was read as well.
func answeredParts(repository reflect.Value, needs deploy.Needs, facts deploy.Facts) map[deploy.Part]bool {
	has := func(name string) bool {
		value := repository.FieldByName(goName(name))
		return value.IsValid() && !value.IsNil()
	}
	pull, ruled := facts.Pull, part[ruledNode](repository, rulesField)
	_, locksFailed := facts.Unavailable[deploy.LocksPart]
	answered := map[deploy.Part]bool{
		deploy.PullPart:      has(pullField),
		deploy.StablePart:    needs.StableBranch != "" && (!has(stableField) || facts.Stable.Head.SHA != ""),
		deploy.GatesPart:     has(gatesField) && pull.State != "",
		deploy.ChecksPart:    has(gatesField),
		deploy.RunsPart:      has(gatesField),
		deploy.RequiredPart:  part[gatesNode](repository, gatesField).toldByGraphQL(),
		deploy.FreshnessPart: has(gatesField) && pull.BehindStable.OK && pull.BehindBase.OK,
		deploy.ExactPart:     needs.Exact != "",
		deploy.RulesPart:     needs.Rules && (ruled == nil || ruled.Rules != nil || facts.NoRules),
		deploy.LocksPart:     len(needs.Locks) > 0,
		deploy.RunPart:       len(needs.Locks) > 0 && !locksFailed,
		deploy.TemplatePart:  needs.Template.Path != "",
		deploy.PolicyPart:    has(policyField) && facts.Policy.Commit != "",
		deploy.LivePart:      has(liveField),
		deploy.RehearsalPart: facts.Rehearsal.Commit != "" || len(facts.Board.Rehearsals) > 0,
		deploy.ViewerPart:    facts.Viewer != "",
		deploy.StatementPart: has(statementField),
		deploy.OriginsPart:   needs.Origins,
		deploy.OpinionsPart:  part[gatesNode](repository, gatesField).hasOpinions() || part[opinionsNode](repository, opinionsField).hasOpinions(),
		deploy.MergedPart:    needs.Merged.SHA != "" && facts.Merged.SHA == needs.Merged.SHA,
	}
	for i, environment := range needs.Environments {
		answered[deploymentsOf(environment)] = has(environmentField(i))
	}
	for i, environment := range needs.Board.Environments {
		answered[deploymentsOf(environment)] = has(boardField(i))
	}
	return answered
}

// markRead marks the parts that an answer is complete on, unless an error lies on them.
func markRead(facts *deploy.Facts, answered map[deploy.Part]bool) {
	for part, complete := range answered {
		if _, failed := facts.Unavailable[part]; complete && !failed {
			facts.MarkRead(part)
		}
	}
}

func noteProblem(facts *deploy.Facts, part deploy.Part, problem *deploy.Problem) {
	if problem != nil {
		facts.MarkUnavailable(part, *problem)
	}
}

// source is a field of the query that can fail on its own.
type source struct {
	field string // a name or alias on the path of the error
	part  deploy.Part
	what  doing
}

// sources lists them in an order in which the first that lies on an error's path is the one that failed.
func sources(needs deploy.Needs) []source {
	var all []source
	for i := range needs.Locks {
		all = append(all, source{lockField(i), deploy.LocksPart, doing{"read the locks", "contents: read"}})
	}
	all = append(all, []source{
		{runField, deploy.RunsPart, readingRuns()},
		{liveField, deploy.LivePart, readingLive()},
		{templateField, deploy.TemplatePart, doing{"read the template of the message", "contents: read"}},
		{rehearsalField, deploy.RehearsalPart, readingRehearsals()},
		{rehearsalsField, deploy.RehearsalPart, readingRehearsals()},
		{viewerField, deploy.ViewerPart, doing{"read who the user of the token is", "statuses: read"}},
		{statementField, deploy.StatementPart, doing{"read the labels and the description of the pull request", "pull-requests: read"}},
		{policyField, deploy.PolicyPart, doing{"read the rules file", "contents: read"}},
		{opinionsField, deploy.OpinionsPart, doing{"read the reviews of the pull request", "pull-requests: read"}},
		{mergedField, deploy.MergedPart, readingMerged()},
		{mergedInField, deploy.MergedPart, readingMerged()},
		{defaultField, deploy.MergedPart, readingMerged()},
		{"statusCheckRollup", deploy.ChecksPart, doing{"read the checks of the commit", "checks: read` and `statuses: read"}},
		{"checkSuites", deploy.ChecksPart, doing{"read the checks of the commit", "checks: read"}},
		{signedPullField, deploy.PullPart, readingSignatures()},
		{signedStableField, deploy.StablePart, readingSignatures()},
		{signedExactField, deploy.ExactPart, readingSignatures()},
		{exactField, deploy.ExactPart, doing{"read the exact commit", "contents: read"}},
		{inStableField, deploy.ExactPart, doing{"find out where the exact commit belongs", "contents: read"}},
		{inPullField, deploy.ExactPart, doing{"find out where the exact commit belongs", "contents: read"}},
		{"compare", deploy.FreshnessPart, doing{"compare the branch with its base", "contents: read"}},
		{rulesField, deploy.RulesPart, doing{"read the rules of the stable branch", "contents: read"}},
		{"rules", deploy.RequiredPart, readingRequired()},
		{"refUpdateRule", deploy.RequiredPart, readingRequired()},
		{gatesField, deploy.GatesPart, doing{"read the state of the pull request", "pull-requests: read"}},
		{pullField, deploy.PullPart, doing{"read the pull request", "pull-requests: read"}},
		{stableField, deploy.StablePart, doing{"read the stable branch", "contents: read"}},
	}...)
	for i, environment := range needs.Environments {
		all = append(all, source{environmentField(i), deploymentsOf(environment), readingDeployments(environment)})
	}
	for i, environment := range needs.Board.Environments {
		all = append(all, source{boardField(i), deploymentsOf(environment), readingDeployments(environment)})
	}
	return all
}

func (s source) explain(problem *GraphError) deploy.Problem {
	explained := Explain(s.what.failed(problem))
	if s.part == deploy.PolicyPart {
		return unreadPolicy(explained)
	}
	return explained
}

// runField is a field of check suites that needs a permission of its own.
const runField = "workflowRun"

func readingSignatures() doing {
	return doing{"read when the signature of the commit was verified", "contents: read"}
}

func readingRuns() doing { return doing{"see which workflow run a check belongs to", "actions: read"} }

func readingDeployments(environment string) doing {
	return doing{"read the deployments of " + markdown.Code(environment), "deployments: read"}
}

func readingRehearsals() doing { return doing{"read the commit status of the noop", "statuses: read"} }

func readingLive() doing { return doing{"read what runs in the environment", "deployments: read"} }

func noteErrors(facts *deploy.Facts, got answer) {
	for _, problem := range got.problems {
		if problem.Type == "NOT_FOUND" && problem.on("file") || plainPlan(problem) {
			continue // a branch without the file of a lock, or a plan without rules, has nothing else to say
		}
		for _, one := range sources(got.asked.needs) {
			if problem.on(one.field) {
				facts.MarkUnavailable(one.part, one.explain(problem))
				break
			}
		}
	}
	if got.hidden == nil {
		return
	}
	for _, environment := range got.dropped.Environments {
		facts.MarkUnavailable(deploymentsOf(environment), Explain(readingDeployments(environment).failed(got.hidden)))
	}
	for _, environment := range got.dropped.Board.Environments {
		facts.MarkUnavailable(deploymentsOf(environment), Explain(readingDeployments(environment).failed(got.hidden)))
	}
	if got.dropped.Live != "" {
		facts.MarkUnavailable(deploy.LivePart, Explain(readingLive().failed(got.hidden)))
	}
}

// plainPlan reports whether an error says that the repository's plan knows no rules: then there is nothing
// to be read, and nothing to change about it here.
func plainPlan(problem *GraphError) bool {
	return (problem.on(rulesField) || problem.on("rules") || problem.on("refUpdateRule")) &&
		strings.Contains(problem.Message, upgradePlan)
}

// upgradePlan is what GitHub says of a repository whose plan knows no rules.
const upgradePlan = "Upgrade to GitHub Pro or make this repository public"
