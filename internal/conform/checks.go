package conform

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

func checkRows() []Assumption {
	read := []string{"contents: read", "pull-requests: read", "checks: read", "statuses: read"}
	const protection = "https://docs.github.com/en/rest/branches/branches#get-a-branch"
	return []Assumption{
		{
			ID: "A1a", Says: "Without `actions: read`, `CheckSuite.workflowRun` is an error on that field only, with the data of the check next to it.",
			Needs: read, Lacks: "actions: read", Play: workflowRunDenied, Source: Source{Tool, "cli/cli, and tellahq/opensession#212 and runatlantis/atlantis#4902 with live tokens"},
		},
		{
			ID: "A1b", Says: "With `actions: read`, `CheckSuite.workflowRun` names the run, its event and its workflow.", Needs: append(read, "actions: read"), Play: workflowRunRead,
			Source: Source{Schema, "CheckSuite.workflowRun"},
		},
		{
			ID: "U1", Says: "`GET /branches/{branch}` shows the required checks of classic protection to a token with `contents: read`; `refUpdateRule` shows them only to whom they bind.",
			Needs: []string{"contents: read"}, Play: classicProtection, Source: Source{Documentation, protection},
		},
		{
			ID: "U2", Says: "Rules that the token or the plan may not see are an error on `rules` or `refUpdateRule` only, with the branch next to it.",
			Needs: []string{"contents: read"}, Play: readableRules, Source: Source{PublicReport, "answers for private repositories on the free plan: Upgrade to GitHub Pro"},
		},
		{
			ID: "U9", Says: "A re-run withdraws its check runs: for some seconds the roll-up lacks them, while the suite's workflow run is not completed.",
			Source: Source{PublicReport, "claude-supertool#728, polled live"},
			Why:    "needs a run that has ended and may be started again: re-run it, and ask for `statusCheckRollup` and `checkSuites` each second",
		},
		{
			ID: "A10a", Says: "Of two commit statuses of one context the newest counts, in the roll-up's contexts and in its state.",
			Needs: []string{"contents: write", "statuses: write"}, Play: newestStatus, Source: Source{Documentation, "https://docs.github.com/en/rest/commits/statuses#get-the-combined-status-for-a-specific-reference"},
		},
		{
			ID: "A10b", Says: "Two jobs of one name in one workflow run are two check runs, and both count.", Why: "needs a workflow with two jobs of one name, one of which fails",
			Source: Source{Documentation, "https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks"},
		},
		{
			ID: "U16", Says: "`isRequired` is false for a check of another app than the rule names.", Why: "needs a ruleset with a check of one app, which a workflow's token cannot make",
			Source: Source{Schema, "RequirableByPullRequest.isRequired"},
		},
		{
			ID: "U17a", Says: "The `viewer` of a workflow's token is called `github-actions[bot]`.", Play: viewer,
			Source: Source{Tool, "actions that look for their own comments by this login"},
		},
		{
			ID: "U17b", Says: "`StatusContext.creator` lacks the suffix `[bot]` of the login.", Needs: []string{"contents: write", "statuses: write"}, Play: statusCreator,
			Source: Source{Schema, "Actor.login"},
		},
	}
}

// runs lists the check runs of GitHub Actions on the newest commit of an open pull request of the repository.
func (a *attempt) runs(ctx context.Context, fields string) ([]any, reply) {
	got := a.query(ctx, `pullRequests(states: OPEN, first: 20, orderBy: {field: CREATED_AT, direction: ASC}) { nodes { commits(last: 1) { nodes { commit { statusCheckRollup {
		contexts(first: 20) { nodes { ... on CheckRun { name checkSuite { app { slug } %s } } } } } } } } } }`, fields)
	var found []any
	for _, one := range list(at(got.data, "pullRequests", "nodes")) {
		found = append(found, list(at(one, "commits", "nodes", 0, "commit", "statusCheckRollup", "contexts", "nodes"))...)
	}
	return slices.DeleteFunc(found, func(one any) bool { return at(one, "checkSuite", "app", "slug") != "github-actions" }), got
}

const noRuns = "no open pull request has a check of GitHub Actions: keep one open"

func workflowRunDenied(ctx context.Context, a *attempt) Result {
	found, got := a.runs(ctx, "workflowRun { event workflow { name } }")
	if len(found) == 0 && len(got.problems) == 0 {
		return a.skip(noRuns)
	}
	onField := !slices.ContainsFunc(got.problems, func(p problem) bool { return !strings.HasSuffix(p.where(), "workflowRun") })
	return judge(len(found) > 0 && got.isOf("FORBIDDEN") && onField, "%s; %d checks are there", got.said(), len(found))
}

func workflowRunRead(ctx context.Context, a *attempt) Result {
	found, got := a.runs(ctx, "workflowRun { databaseId event workflow { name } }")
	if len(found) == 0 && len(got.problems) == 0 {
		return a.skip(noRuns)
	}
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
	onFields := !slices.ContainsFunc(got.problems, func(p problem) bool {
		return !slices.Contains(p.Path, any("rules")) && !slices.Contains(p.Path, any("refUpdateRule"))
	})
	return judge(onFields && at(got.data, "defaultBranchRef", "name") != nil, "%s", got.said())
}

func newestStatus(ctx context.Context, a *attempt) Result {
	commit := a.commit(ctx, a.head, "statuses", nil)
	a.branch(ctx, "statuses", commit)
	for _, state := range []string{"success", "failure"} {
		a.rest(ctx, http.MethodPost, "/statuses/"+commit, map[string]any{"state": state, "context": a.mark})
	}
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
	commit := a.commit(ctx, a.head, "creator", nil)
	a.branch(ctx, "creator", commit)
	a.rest(ctx, http.MethodPost, "/statuses/"+commit, map[string]any{"state": "success", "context": a.mark})
	got := a.query(ctx, `object(oid: %q) { ... on Commit { status { contexts { creator { login } } } } }`, commit)
	login, viewer := text(at(got.data, "object", "status", "contexts", 0, "creator", "login")), a.viewerLogin(ctx)
	return judge(login != "" && login == strings.TrimSuffix(viewer, "[bot]"), "the creator is %q, the viewer %q", login, viewer)
}
