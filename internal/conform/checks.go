package conform

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim"
)

func checkRows() []Assumption {
	read := []string{"contents: read", "pull-requests: read", "checks: read", "statuses: read"}
	withRuns := append(slices.Clone(read), "actions: read")
	return []Assumption{
		{
			ID: "A1a", Says: "Without `actions: read`, only `CheckSuite.workflowRun` fails; the check is readable.",
			Needs: read, Lacks: "actions: read", Play: workflowRunDenied, Source: tool("cli/cli, and tellahq/opensession#212 and runatlantis/atlantis#4902 with live tokens"),
		},
		{
			ID: "A1b", Says: "With `actions: read`, `CheckSuite.workflowRun` names run, event and workflow.", Needs: withRuns, Play: workflowRunRead,
			Source: schema("CheckSuite.workflowRun"),
		},
		{
			ID: "U1", Says: "`contents: read` shows classic required checks in REST; `refUpdateRule` shows them only to those whom they bind.",
			Needs: []string{"contents: read"}, Play: classicProtection, Source: documented("rest/branches/branches#get-a-branch").thin("to whom `refUpdateRule` shows them is in the schema, and in fpicalausa/remove-stale-branches#76"),
		},
		{
			ID: "U2", Says: "Hidden rules are an error on `rules` or `refUpdateRule` only.",
			Needs: []string{"contents: read"}, Play: readableRules, Source: reported("answers of REST for private repositories on the free plan: Upgrade to GitHub Pro").thin("the answer of GraphQL is not known"),
			Why: "needs a private repository on the free plan, or a token that may not see rules",
			Arrange: func(g *sim.GitHub) {
				g.RefuseField(sim.FieldRefusal{Field: "Ref.rules", Message: "Upgrade to GitHub Pro or make this repository public to enable this feature."})
			},
		},
		{
			ID: "U9", Says: "A re-run hides its check runs for some seconds; the suite's run is not completed.",
			Needs: withRuns, Play: withdrawn, Source: reported("claude-supertool#728, polled live"),
			Why:     "needs a run of an open pull request that was re-run some seconds ago, with all its jobs",
			Arrange: func(g *sim.GitHub) { g.RerunChecks(g.PullHead(1)) },
		},
		{
			ID: "A10a", Says: "Of two commit statuses of one context, the newest counts.",
			Needs: []string{"contents: write", "statuses: write"}, Play: newestStatus, Source: documented("rest/commits/statuses#get-the-combined-status-for-a-specific-reference"),
		},
		{
			ID: "A10b", Says: "Two jobs of one name in a run are two check runs; both count.", Needs: withRuns, Play: twins,
			Source:  documented("pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks").thin("it warns of equal names, and does not say what counts"),
			Why:     "needs an open pull request with a workflow of two jobs of one name, one of which fails",
			Arrange: arrangeTwins,
		},
		{
			ID: "U16", Says: "`isRequired` is false for a check of another app.", Needs: read, Play: anotherApp,
			Source:  schema("a rule's integration_id, \"that this status check must originate from\"").thin("`isRequired` says nothing about apps"),
			Why:     "needs a ruleset that requires a check of one app, and an open pull request with a check of that name by another one",
			Arrange: arrangeApps,
		},
		{
			ID: "U17a", Says: "A workflow's token is the `viewer` `github-actions[bot]`.", Play: viewer,
			Source: tool("marocchino/sticky-pull-request-comment: it finds its own comments by the viewer's login"),
		},
		{
			ID: "U17b", Says: "`StatusContext.creator` lacks the suffix `[bot]`.", Needs: []string{"contents: write", "statuses: write"}, Play: statusCreator,
			Source: schema("Actor.login is \"the username of the actor\"").thin("it does not speak of apps"),
		},
	}
}

func statusRows() []Assumption {
	return []Assumption{
		{
			ID: "S19a", Says: "`Status.context` is the newest status of its name, with its creator.", Needs: []string{"contents: write", "statuses: write"}, Play: namedStatus,
			Source: schema("Status.context").thin("it does not say which of two"),
		},
		{
			ID: "S19b", Says: "A 141-character description or 256-character context of a status is refused with 422.",
			Needs: []string{"contents: write", "statuses: write"}, Play: longStatus,
			Source: reported("vince-riv/argo-diff#49, of descriptions").thin("no one speaks of contexts"),
		},
	}
}

// openPulls asks for fields of the repository's open pull requests, the oldest first.
func (a *attempt) openPulls(ctx context.Context, fields string) ([]any, reply) {
	got := a.query(ctx, `pullRequests(states: OPEN, first: 20, orderBy: {field: CREATED_AT, direction: ASC}) { nodes { %s } }`, fields)
	return list(at(got.data, "pullRequests", "nodes")), got
}

// heads asks for fields of the newest commits of the open pull requests.
func (a *attempt) heads(ctx context.Context, fields string) ([]any, reply) {
	pulls, got := a.openPulls(ctx, "commits(last: 1) { nodes { commit { "+fields+" } } }")
	var commits []any
	for _, one := range pulls {
		commits = append(commits, at(one, "commits", "nodes", 0, "commit"))
	}
	return commits, got
}

// rollup asks for fields of the check runs in a roll-up, which contexts lists.
func rollup(fields string) string {
	return "statusCheckRollup { state contexts(first: 20) { nodes { ... on CheckRun { name conclusion checkSuite { id app { slug databaseId } } " + fields + " } } } }"
}

func contexts(of any) []any { return list(at(of, "statusCheckRollup", "contexts", "nodes")) }

// runs lists the check runs of GitHub Actions on the newest commits of the open pull requests.
func (a *attempt) runs(ctx context.Context, fields string) ([]any, reply) {
	commits, got := a.heads(ctx, rollup("checkSuite { "+fields+" }"))
	var found []any
	for _, one := range commits {
		found = append(found, contexts(one)...)
	}
	found = slices.DeleteFunc(found, func(one any) bool { return at(one, "checkSuite", "app", "slug") != "github-actions" })
	if len(found) == 0 && len(got.problems) == 0 {
		a.skip("no open pull request has a check of GitHub Actions: keep one open")
	}
	return found, got
}

func workflowRunDenied(ctx context.Context, a *attempt) Result {
	found, got := a.runs(ctx, "workflowRun { event workflow { name } }")
	onField := !slices.ContainsFunc(got.problems, func(p problem) bool { return !strings.HasSuffix(p.where(), "workflowRun") })
	return judge(len(found) > 0 && got.isOf("FORBIDDEN") && onField, "%s; %d checks are there", got.said(), len(found))
}

func workflowRunRead(ctx context.Context, a *attempt) Result {
	found, got := a.runs(ctx, "workflowRun { databaseId event workflow { name } }")
	run := at(found, 0, "checkSuite", "workflowRun")
	return judge(text(at(run, "event")) != "" && at(run, "workflow", "name") != nil, "%s; event %v of workflow %v", got.said(), at(run, "event"), at(run, "workflow", "name"))
}

func classicProtection(ctx context.Context, a *attempt) Result {
	shown := a.get(ctx, "/branches/%s", escaped(a.base))
	required := list(at(shown, "protection", "required_status_checks", "contexts"))
	got := a.query(ctx, `defaultBranchRef { name refUpdateRule { requiredStatusCheckContexts } }`)
	if len(required) == 0 {
		return a.skip("the default branch has no classic protection with a required check: protect it by hand")
	}
	rule := at(got.data, "defaultBranchRef", "refUpdateRule")
	binding := list(at(rule, "requiredStatusCheckContexts"))
	return judge(rule == nil || len(binding) >= len(required), "REST shows %v, refUpdateRule %v (%s)", required, binding, got.said())
}

func readableRules(ctx context.Context, a *attempt) Result {
	got := a.query(ctx, `defaultBranchRef { name refUpdateRule { pattern } rules(first: 100) { nodes { type } } }`)
	if len(got.problems) == 0 {
		return a.unprepared()
	}
	onFields := !slices.ContainsFunc(got.problems, func(p problem) bool {
		return !slices.Contains(p.Path, any("rules")) && !slices.Contains(p.Path, any("refUpdateRule"))
	})
	return judge(onFields && at(got.data, "defaultBranchRef", "name") != nil, "%s", got.said())
}

func newestStatus(ctx context.Context, a *attempt) Result {
	commit := a.rated(ctx, "statuses", "success", "failure")
	got := a.query(ctx, `object(oid: %q) { ... on Commit { statusCheckRollup { state contexts(first: 20) { nodes { ... on StatusContext { context state } } } } } }`, commit)
	rollup := at(got.data, "object", "statusCheckRollup")
	var states []string
	for _, one := range list(at(rollup, "contexts", "nodes")) {
		if at(one, "context") == a.mark {
			states = append(states, text(at(one, "state")))
		}
	}
	return judge(slices.Equal(states, []string{"FAILURE"}) && at(rollup, "state") == "FAILURE", "contexts %q, state %v (%s)", states, at(rollup, "state"), got.said())
}

func namedStatus(ctx context.Context, a *attempt) Result {
	commit, login := a.rated(ctx, "named", "success", "failure"), strings.TrimSuffix(a.viewerLogin(ctx), "[bot]")
	got := a.query(ctx, `object(oid: %q) { ... on Commit { status { context(name: %q) { state createdAt creator { login } } } } }`, commit, a.mark)
	found := at(got.data, "object", "status", "context")
	return judge(at(found, "state") == "FAILURE" && at(found, "creator", "login") == login && !instant(at(found, "createdAt")).IsZero(), "%v (%s)", found, got.said())
}

func longStatus(ctx context.Context, a *attempt) Result {
	const description, context = 140, 255 // characters
	commit := a.pushed(ctx, "long", nil)
	post := func(named, described int) *refusal {
		name := a.mark + strings.Repeat("x", named-len(a.mark))
		return a.refusalOf(ctx, step{http.MethodPost, "/statuses/" + commit, map[string]any{
			"state": "success", "context": name, "description": strings.Repeat("x", described),
		}})
	}
	fits, described, named := post(context, description), post(context, description+1), post(context+1, 0)
	return judge(fits == nil && described.is(http.StatusUnprocessableEntity) && named.is(http.StatusUnprocessableEntity),
		"the longest: %v; a longer description: %v; a longer context: %v", fits, described, named)
}

// withdrawn looks for a workflow run that was started once more, and has made no check runs yet.
func withdrawn(ctx context.Context, a *attempt) Result {
	commits, _ := a.heads(ctx, rollup("")+" checkSuites(first: 20) { nodes { id status workflowRun { databaseId } checkRuns(first: 1) { totalCount } } }")
	for _, commit := range commits {
		for _, suite := range list(at(commit, "checkSuites", "nodes")) {
			id := number(at(suite, "workflowRun", "databaseId"))
			if id == 0 || number(at(suite, "checkRuns", "totalCount")) > 0 {
				continue
			}
			run := a.get(ctx, "/actions/runs/%d", id)
			if number(at(run, "run_attempt")) < 2 || at(run, "status") == "completed" {
				continue
			}
			isShown := slices.ContainsFunc(contexts(commit), func(one any) bool { return at(one, "checkSuite", "id") == at(suite, "id") })
			return judge(!isShown && at(suite, "status") != "COMPLETED", "the suite is %v, the run %v; the roll-up has its checks: %t", at(suite, "status"), at(run, "status"), isShown)
		}
	}
	return a.unprepared()
}

func arrangeTwins(g *sim.GitHub) {
	g.Check(sim.Check{Pull: 1, Name: "twin", State: "success"})
	g.Check(sim.Check{Pull: 1, Name: "twin", State: "failure", Twin: true})
}

// twins looks for two check runs of one name and one workflow run, of which one has failed.
func twins(ctx context.Context, a *attempt) Result {
	commits, _ := a.heads(ctx, rollup("checkSuite { workflowRun { databaseId } }"))
	for _, commit := range commits {
		ends := map[string][]string{}
		for _, one := range contexts(commit) {
			if run := at(one, "checkSuite", "workflowRun", "databaseId"); run != nil {
				key := fmt.Sprint(at(one, "name"), " of run ", number(run))
				ends[key] = append(ends[key], text(at(one, "conclusion")))
			}
		}
		for key, all := range ends {
			if slices.Contains(all, "SUCCESS") && slices.Contains(all, "FAILURE") {
				state := at(commit, "statusCheckRollup", "state")
				return judge(state == "FAILURE", "%s: %q; the state is %v", key, all, state)
			}
		}
	}
	return a.unprepared()
}

func arrangeApps(g *sim.GitHub) {
	const actions = 15368 // the app's id
	g.AddRule(sim.Rule{Type: "required_status_checks", Parameters: map[string]any{
		"required_status_checks": []any{map[string]any{"context": "scan", "integration_id": actions}},
	}})
	g.Check(sim.Check{Pull: 1, Name: "scan", State: "success", App: "scanner"})
}

// anotherApp looks for a check that a rule wants from an app, and that another app has reported.
func anotherApp(ctx context.Context, a *attempt) Result {
	const rules = "rules(first: 100) { nodes { parameters { ... on RequiredStatusChecksParameters { requiredStatusChecks { context integrationId } } } } }"
	pulls, _ := a.openPulls(ctx, "number baseRef { "+rules+" }")
	for _, one := range pulls {
		wanted := map[any]any{} // the app of each required check
		for _, rule := range list(at(one, "baseRef", "rules", "nodes")) {
			for _, check := range list(at(rule, "parameters", "requiredStatusChecks")) {
				wanted[at(check, "context")] = at(check, "integrationId")
			}
		}
		of := number(at(one, "number"))
		got := a.query(ctx, "pullRequest(number: %d) { %s }", of, rollup(fmt.Sprintf("isRequired(pullRequestNumber: %d)", of)))
		for _, check := range contexts(at(got.data, "pullRequest")) {
			reporter, name := at(check, "checkSuite", "app", "databaseId"), at(check, "name")
			if wanted[name] != nil && wanted[name] != reporter {
				return judge(at(check, "isRequired") == false, "%v by app %v is required: %v", name, reporter, at(check, "isRequired"))
			}
		}
	}
	return a.unprepared()
}

// viewerLogin is the login of the token's user.
func (a *attempt) viewerLogin(ctx context.Context) string {
	return text(at(a.ask(ctx, "{ viewer { login } }", nil, "viewer").data, "login"))
}

func viewer(ctx context.Context, a *attempt) Result {
	login := a.viewerLogin(ctx)
	if a.options.RunID == 0 {
		return a.skip("needs the token of a workflow; this one is of %s", login)
	}
	return judge(login == "github-actions[bot]", "the viewer is %q", login)
}

func statusCreator(ctx context.Context, a *attempt) Result {
	commit := a.rated(ctx, "creator", "success")
	got := a.query(ctx, `object(oid: %q) { ... on Commit { status { contexts { creator { login } } } } }`, commit)
	login, viewer := text(at(got.data, "object", "status", "contexts", 0, "creator", "login")), a.viewerLogin(ctx)
	return judge(login != "" && login == strings.TrimSuffix(viewer, "[bot]"), "the creator is %q, the viewer %q", login, viewer)
}
