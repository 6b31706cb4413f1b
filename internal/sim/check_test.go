package sim_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const rollup = `pullRequest(number: 1) { commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 100) {
	totalCount checkRunCount statusContextCount checkRunCountsByState { state count } nodes { __typename
	... on CheckRun { name databaseId status conclusion startedAt completedAt isRequired(pullRequestNumber: 1)
		checkSuite { app { databaseId slug } workflowRun { event workflow { name } } } }
	... on StatusContext { context state createdAt isRequired(pullRequestNumber: 1) } } } } } } } }`

func TestNoChecks(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	includes(t, `{"pullRequest": {"commits": {"nodes": [{"commit": {"statusCheckRollup": null}}]}}}`, repository(t, g, rollup))
}

func TestRollup(t *testing.T) {
	var all []answered
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		g.OpenPull(sim.Pull{})
		g.RequireChecks("test", "legacy")
		test := g.Check(sim.Check{Pull: 1, Name: "test", State: "in_progress"})
		g.Check(sim.Check{Pull: 1, Name: "scan", State: "neutral", App: "scanner"})
		g.Check(sim.Check{Pull: 1, Name: "odd", State: "success", App: "none"})
		g.Check(sim.Check{Pull: 1, Name: "legacy", State: "pending", CommitStatus: true})
		g.Check(sim.Check{Pull: 1, Name: "legacy", State: "success", CommitStatus: true})
		includes(t, `{"pullRequest": {"commits": {"nodes": [{"commit": {"statusCheckRollup": {"state": "PENDING", "contexts": {
			"totalCount": 4, "checkRunCount": 3, "statusContextCount": 1,
			"checkRunCountsByState": [{"state": "IN_PROGRESS", "count": 1}, {"state": "NEUTRAL", "count": 1}, {"state": "SUCCESS", "count": 1}],
			"nodes": [
				{"__typename": "CheckRun", "name": "test", "status": "IN_PROGRESS", "conclusion": null, "completedAt": null, "isRequired": true,
					"checkSuite": {"app": {"databaseId": 15368, "slug": "github-actions"}, "workflowRun": {"event": "pull_request", "workflow": {"name": "CI"}}}},
				{"name": "scan", "status": "COMPLETED", "conclusion": "NEUTRAL", "isRequired": false, "checkSuite": {"app": {"slug": "scanner"}, "workflowRun": null}},
				{"name": "odd", "checkSuite": {"app": null}},
				{"__typename": "StatusContext", "context": "legacy", "state": "SUCCESS", "isRequired": true}]}}}}]}}}`, repository(t, g, rollup))

		time.Sleep(time.Minute)
		g.UpdateCheck(test, "failure")
		includes(t, `{"pullRequest": {"commits": {"nodes": [{"commit": {"statusCheckRollup": {"state": "FAILURE"}}}]}}}`, repository(t, g, rollup))
		done := time.Now().UTC().Format(time.RFC3339)
		all = append(all, answers(t, g, []exchange{
			{"check runs", "GET /./commits/change-1/check-runs?check_name=test", nil, 200, `{"total_count": 1, "check_runs": [
				{"name": "test", "status": "completed", "conclusion": "failure", "completed_at": "` + done + `", "app": {"slug": "github-actions"}}]}`},
			{"of a status", "GET /./commits/change-1/check-runs?status=in_progress", nil, 200, `{"total_count": 0, "check_runs": []}`},
			{"without app", "GET /./commits/change-1/check-runs?check_name=odd", nil, 200, `{"check_runs": [{"app": null}]}`},
			{"commit statuses", "GET /./commits/change-1/status", nil, 200, `{"state": "success", "total_count": 1, "statuses": [{"context": "legacy", "state": "success"}]}`},
			{"no statuses", "GET /./commits/main/status", nil, 200, `{"state": "pending", "total_count": 0}`},
			{"no commit", "GET /./commits/none/status", nil, 422, ""},
		})...)
	})
	check(t, all)
}

// A rerun is a new check run in place of the first one, in its suite; a workflow of another name has its own.
func TestRerunsAndWorkflows(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	first := g.Check(sim.Check{Pull: 1, Name: "test", State: "failure"})
	second := g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "failure", Workflow: "Nightly", Event: "schedule"})
	assert.Greater(t, second, first)
	includes(t, `{"object": {"checkSuites": {"totalCount": 2, "nodes": [
		{"workflowRun": {"workflow": {"name": "CI"}}, "checkRuns": {"totalCount": 1}, "commit": {"oid": "`+g.PullHead(1)+`"}},
		{"workflowRun": {"event": "schedule", "workflow": {"name": "Nightly"}}, "status": "COMPLETED", "conclusion": "FAILURE", "checkRuns": {"totalCount": 1}}]},
		"none": {"totalCount": 0}}}`,
		repository(t, g, `object(expression: "change-1") { ... on Commit { checkSuites(first: 5) { totalCount nodes { status conclusion
			workflowRun { event workflow { name } } checkRuns(first: 1) { totalCount } commit { oid } } }
			none: checkSuites(first: 5, filterBy: {appId: 1}) { totalCount } } }`))
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"success": "SUCCESS", "neutral": "SUCCESS", "skipped": "SUCCESS", "queued": "PENDING", "waiting": "PENDING",
		"failure": "FAILURE", "cancelled": "FAILURE", "timed_out": "FAILURE", "action_required": "FAILURE", "stale": "FAILURE",
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			g.OpenPull(sim.Pull{})
			g.Check(sim.Check{Pull: 1, Name: "x", State: state})
			found := repository(t, g, `pullRequest(number: 1) { statusCheckRollup { state } }`)
			includes(t, `{"pullRequest": {"statusCheckRollup": {"state": "`+want+`"}}}`, found)
		})
	}
}

func TestCommitStatusInGraphQL(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.Check(sim.Check{Commit: g.Head("main"), Name: "ci/build", State: "error", CommitStatus: true})
	includes(t, `{"object": {"status": {"state": "ERROR", "contexts": [{"context": "ci/build"}], "context": {"state": "ERROR"}, "none": null}}}`,
		repository(t, g, `object(expression: "main") { ... on Commit { status { state contexts { context } context(name: "ci/build") { state }
			none: context(name: "x") { state } } } }`))
	includes(t, `{"errors": [{"message": "a pull request ID or pull request number is required"}]}`, query(t, g,
		`{ repository(owner: "acme", name: "shop") { object(expression: "main") { ... on Commit { status { context(name: "ci/build") { isRequired } } } } } }`, nil))
}

func TestPostCommitStatus(t *testing.T) {
	t.Parallel()
	g := start(t, "value is not one of the allowed values")
	head := g.Head("main")
	play(t, g, []exchange{
		{"unknown commit", "POST /./statuses/" + strings.Repeat("1", 40), map[string]any{"state": "success"}, 422, `{"message": "~No commit found"}`},
		{"unknown state", "POST /./statuses/" + head, map[string]any{"state": "great"}, 422, ""},
		{"failure", "POST /./statuses/" + head, map[string]any{"state": "failure", "context": "ci"}, 201, `{"state": "failure"}`},
		{
			"success", "POST /./statuses/" + head,
			map[string]any{"state": "success", "context": "ci", "description": "fine", "target_url": "https://ci.example"},
			201,
			`{"state": "success", "context": "ci", "description": "fine", "target_url": "https://ci.example", "creator": {"login": "github-actions[bot]"}}`,
		},
		{"the newest counts", "GET /./commits/main/status", nil, 200, `{"state": "success", "total_count": 1}`},
	})
	includes(t, `{"object": {"status": {"contexts": [{"creator": {"login": "github-actions"}, "description": "fine", "targetUrl": "https://ci.example"}]}}}`,
		repository(t, g, `object(oid: "`+head+`") { ... on Commit { status { contexts { creator { login } description targetUrl } } } }`))
	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"statuses": "read"}})
	play(t, g, []exchange{{"needs statuses: write", "POST /./statuses/" + head, map[string]any{"state": "success"}, 403, ""}})
}

// The limits: https://docs.github.com/rest/commits/statuses#create-a-commit-status says that there may be 1000 of a commit and
// a context; elastic/beats-tester#217 and vince-riv/argo-diff#49 quote the answers. That a context is short is an assumption,
// see S19b.
func TestLimitsOfCommitStatuses(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Head("main")
	for range 999 {
		g.Check(sim.Check{Commit: head, Name: "ci", State: "success", CommitStatus: true})
	}
	posted := func(context, description string) map[string]any {
		return map[string]any{"state": "success", "context": context, "description": description}
	}
	const invalid = `{"message": "Validation Failed", "errors": [{"resource": "Status", "code": "custom", "message": "~`
	play(t, g, []exchange{
		{"longest description", "POST /./statuses/" + head, posted("other", strings.Repeat("ä", 140)), 201, ""},
		{"description", "POST /./statuses/" + head, posted("other", strings.Repeat("ä", 141)), 422, invalid + `description is too long (maximum is 140 characters)", "field": "description"}]}`},
		{"longest context", "POST /./statuses/" + head, posted(strings.Repeat("x", 255), ""), 201, ""},
		{"context", "POST /./statuses/" + head, posted(strings.Repeat("x", 256), ""), 422, invalid + `(maximum is 255 characters)", "field": "context"}]}`},
		{"the last one", "POST /./statuses/" + head, posted("ci", ""), 201, ""},
		{"one too many", "POST /./statuses/" + head, posted("ci", ""), 422, invalid + `This SHA and context has reached the maximum number of statuses."}]}`},
		{"of another context", "POST /./statuses/" + head, posted("cd", ""), 201, ""},
	})
}

// Everyone with push access can set a status, by whatever name: see
// https://docs.github.com/rest/commits/statuses. Who did is shown, apps without the suffix of their login (U17b), while the
// viewer has it (U17a).
func TestWhoSetACommitStatus(t *testing.T) {
	t.Parallel()
	g := start(t)
	head := g.Head("main")
	g.AddUser(sim.User{Login: "mallory", Permission: "write"})
	g.AddToken(sim.Token{Value: "personal", Login: "mallory", Kind: sim.ClassicToken})
	const context, fields = "lockstep/noop/production", `object(expression: "main") { ... on Commit { status { context(name: "lockstep/noop/production") { state createdAt creator { __typename login } } }
		statusCheckRollup { contexts(first: 5) { nodes { __typename ... on StatusContext { context state } } } } } }`
	set := func(token, state string) int {
		r := request(t, "POST /./statuses/"+head, map[string]any{"state": state, "context": context})
		r.Header.Set("Authorization", "Bearer "+token)
		return send(t, g.Client(), r).StatusCode
	}
	assert.Equal(t, 201, set(sim.DefaultToken, "failure"))
	includes(t, `{"object": {"status": {"context": {"state": "FAILURE", "creator": {"__typename": "Bot", "login": "github-actions"}}},
		"statusCheckRollup": {"contexts": {"nodes": [{"__typename": "StatusContext", "context": "lockstep/noop/production", "state": "FAILURE"}]}}}}`, repository(t, g, fields))
	includes(t, `{"data": {"viewer": {"__typename": "User", "login": "github-actions[bot]"}}}`, query(t, g, `{ viewer { __typename login } }`, nil))
	assert.Equal(t, 201, set("personal", "success"))
	includes(t, `{"object": {"status": {"context": {"state": "SUCCESS", "creator": {"__typename": "User", "login": "mallory"}}}}}`, repository(t, g, fields))
	g.AddUser(sim.User{Login: "mallory", Permission: "read"})
	assert.Equal(t, 404, set("personal", "success"))

	g.AddToken(sim.Token{Value: sim.DefaultToken, Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	includes(t, `{"data": {"repository": {"object": {"status": {"context": null}}}}, "errors": [{"type": "FORBIDDEN", "path": ["repository", "object", "status", "context"]}]}`,
		query(t, g, `{ repository(owner: "acme", name: "shop") { object(expression: "main") { ... on Commit { status { context(name: "lockstep/noop/production") { state } } } } } }`, nil))
}

// A read that is late shows the status that was the newest then.
func TestLateStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := start(t)
		for _, state := range []string{"success", "failure"} {
			time.Sleep(time.Minute)
			g.Check(sim.Check{Commit: g.Head("main"), Name: "ci", State: state, CommitStatus: true})
		}
		g.Lag(30 * time.Second)
		includes(t, `{"object": {"status": {"context": {"state": "SUCCESS"}}, "statusCheckRollup": {"state": "SUCCESS"}}}`,
			repository(t, g, `object(expression: "main") { ... on Commit { status { context(name: "ci") { state } } statusCheckRollup { state } } }`))
	})
}

const suites = `object(expression: "change-1") { ... on Commit { statusCheckRollup { state contexts(first: 5) { totalCount } }
	checkSuites(first: 5) { nodes { app { slug } status conclusion workflowRun { databaseId runNumber } } } } }`

// A re-run withdraws the check runs: for some seconds the roll-up is empty, then short, while the suite says that it
// is under way. See the report claude-supertool#728, which polled it.
func TestChecksDuringARerun(t *testing.T) {
	synctest.Test(t, testChecksDuringARerun)
}

func testChecksDuringARerun(t *testing.T) {
	g := start(t)
	g.OpenPull(sim.Pull{})
	for _, name := range []string{"build", "test"} {
		g.Check(sim.Check{Pull: 1, Name: name, State: "failure"})
	}
	g.AddSuite(g.Head("change-1"), "idle")
	const idle = `{"app": {"slug": "idle"}, "status": "QUEUED", "conclusion": null, "workflowRun": null}`
	includes(t, `{"object": {"statusCheckRollup": {"state": "FAILURE"}, "checkSuites": {"nodes": [{"status": "COMPLETED", "conclusion": "FAILURE"}, `+idle+`]}}}`, repository(t, g, suites))
	time.Sleep(time.Minute)
	g.RerunChecks(g.Head("change-1"))
	includes(t, `{"object": {"statusCheckRollup": null, "checkSuites": {"nodes": [{"status": "QUEUED", "conclusion": null}, `+idle+`]}}}`, repository(t, g, suites))
	assert.Equal(t, []string{"queued"}, []string{g.Runs()[0].Status})
	assert.Equal(t, 2, g.Runs()[0].RunAttempt)
	assert.Equal(t, time.Minute, g.Runs()[0].StartedAt.Sub(g.Runs()[0].CreatedAt), "the start is that of the newest attempt")
	g.Check(sim.Check{Pull: 1, Name: "build", State: "success"})
	includes(t, `{"object": {"statusCheckRollup": {"state": "SUCCESS", "contexts": {"totalCount": 1}}, "checkSuites": {"nodes": [{"status": "IN_PROGRESS", "conclusion": null}, `+idle+`]}}}`, repository(t, g, suites))
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	includes(t, `{"object": {"statusCheckRollup": {"state": "SUCCESS", "contexts": {"totalCount": 2}}, "checkSuites": {"nodes": [{"status": "COMPLETED", "conclusion": "SUCCESS"}, `+idle+`]}}}`, repository(t, g, suites))
}

// A workflow that runs twice on a commit has two suites, and the roll-up shows the check runs of both.
func TestTwoRunsOfOneWorkflow(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "failure"})
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success", NewRun: true, Jobs: 2})
	includes(t, `{"object": {"statusCheckRollup": {"contexts": {"totalCount": 2}}, "checkSuites": {"nodes": [
		{"status": "COMPLETED", "workflowRun": {"runNumber": 1}}, {"status": "IN_PROGRESS", "workflowRun": {"runNumber": 2}}]}}}`, repository(t, g, suites))
}

// A run that could not begin, or that waits for an approval, is complete without a check run.
// See https://docs.github.com/actions/how-tos/manage-workflow-runs/approve-runs-from-forks; thin: no one has polled it.
func TestSuiteWithoutChecks(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.OpenPull(sim.Pull{})
	g.EndWithoutChecks(g.Head("change-1"), "CI", "action_required")
	includes(t, `{"object": {"statusCheckRollup": null, "checkSuites": {"nodes": [{"status": "COMPLETED", "conclusion": "ACTION_REQUIRED", "workflowRun": {"runNumber": 1}}]}}}`, repository(t, g, suites))
}
