package gh_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// gates asks for everything that the gates look at.
func gates(number int) deploy.Needs {
	return deploy.Needs{Actor: "alice", Pull: number, StableBranch: "main", Gates: true, Fresh: true, Rules: true}
}

func read(t *testing.T, github *sim.GitHub, needs deploy.Needs) deploy.Facts {
	t.Helper()
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), needs)
	require.NoError(t, err)
	return facts
}

func TestGateFacts(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddUser(sim.User{Login: "bob", Permission: "write"})
	github.RequireReviews(1)
	github.RequireChecks("build", "security")
	github.Review(7, "bob", "APPROVED")
	github.Check(sim.Check{Pull: 7, Name: "build", State: "success", Workflow: "CI", Event: "push"})
	github.Check(sim.Check{Pull: 7, Name: "coverage", State: "pending", CommitStatus: true})
	github.Check(sim.Check{Pull: 7, Name: "lint", State: "in_progress", App: "none"})

	facts := read(t, github, gates(7))
	assert.Empty(t, facts.Unavailable)
	pull := facts.Pull
	assert.Equal(t, "OPEN APPROVED acme/shop", pull.State+" "+pull.ReviewDecision+" "+pull.HeadRepo)
	assert.Equal(t, 1, pull.Approvals)
	assert.Equal(t, []deploy.Approval{{Commit: pull.Head.SHA, Since: deploy.Know(0)}}, pull.Approved)
	assert.False(t, pull.Draft)
	assert.NotEmpty(t, pull.MergeState)
	assert.Equal(t, deploy.Know(0), pull.BehindBase)
	assert.Equal(t, deploy.Know(0), pull.BehindStable)
	assert.True(t, pull.Head.AuthoredAt.OK)
	assert.NotNil(t, pull.Head.SeenAt, "the first check suite")
	assert.Equal(t, pull.Head.SHA, pull.Checks.SHA)
	assert.Equal(t, []deploy.Expectation{{Name: "build"}, {Name: "security"}}, pull.Checks.Expected)
	assert.True(t, pull.Checks.Reported)

	byName := map[string]deploy.Check{}
	for _, check := range pull.Checks.Nodes {
		byName[check.Name] = check
	}
	build := byName["build"]
	assert.Equal(t, deploy.CheckRun, build.Kind)
	assert.Equal(t, "SUCCESS push", build.Value+" "+build.Event)
	assert.NotEmpty(t, build.Workflow)
	assert.NotZero(t, build.App)
	assert.True(t, build.Required)
	assert.True(t, build.At.OK)
	assert.Equal(t, "PENDING", byName["coverage"].Value)
	assert.Equal(t, deploy.CommitStatus, byName["coverage"].Kind)
	assert.Empty(t, byName["lint"].Value)
	assert.Zero(t, byName["lint"].App)

	var types []string
	for _, rule := range facts.Rules {
		types = append(types, rule.Type)
	}
	assert.Equal(t, []string{"pull_request", "required_status_checks"}, types)
	assert.Equal(t, 1, facts.Rules[0].Parameters["required_approving_review_count"])
	assert.Len(t, github.Requests(), 2, "the gates cost no request of their own")
}

// A signature and its time come from GitHub, not from the author.
func TestSignature(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	needs := gates(7)
	assert.False(t, read(t, github, needs).Pull.Head.Verified)
	github.PushToPull(7, sim.Commit{Message: "signed", Author: "alice", Verified: true})
	head := read(t, github, needs).Pull.Head
	assert.True(t, head.Verified)
	assert.Equal(t, "VALID", head.Signature)
	assert.False(t, head.VerifiedAt.OK, "older servers do not know the time")
	needs.Signatures = true
	assert.True(t, read(t, github, needs).Pull.Head.VerifiedAt.OK)
}

func TestPagesOfChecks(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for i := range 250 {
		github.Check(sim.Check{Pull: 7, Name: fmt.Sprint("unit ", i), State: "success"})
	}
	facts := read(t, github, gates(7))
	assert.Len(t, facts.Pull.Checks.Nodes, 250)
	assert.Empty(t, facts.Pull.Checks.Problem)
	assert.Len(t, github.Requests(), 4, "two more pages")

	github.Fail(sim.Fault{Operation: "node", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	facts = read(t, github, gates(7))
	assert.Contains(t, facts.Unavailable[deploy.ChecksPart].Hint, "`checks: read`")

	github.Fail(sim.Fault{Operation: "node", Status: 200, Body: `{"data":{"node":null}}`})
	assert.Contains(t, read(t, github, gates(7)).Pull.Checks.Problem, "changed while it was read")
}

// What the query cannot tell is asked for: the distance of forks, and to a base that is not the
// stable branch.
func TestDistances(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "release", Message: "r", Author: "alice"})
	github.OpenPull(sim.Pull{Number: 8, Author: "alice", Head: "feature/a b", Base: "release"})
	github.OpenPull(sim.Pull{Number: 9, Author: "eve", Head: "main", HeadRepository: "eve/shop"})
	for i := range 3 {
		github.Push(sim.Commit{Branch: "main", Message: fmt.Sprint(i), Author: "alice"})
	}
	assert.Equal(t, deploy.Know(3), read(t, github, gates(7)).Pull.BehindBase)
	assert.Len(t, github.Requests(), 2)

	pull := read(t, github, gates(8)).Pull
	assert.Equal(t, deploy.Know(3), pull.BehindStable)
	assert.Equal(t, deploy.Know(1), pull.BehindBase)
	assert.Equal(t, deploy.Know(3), read(t, github, gates(9)).Pull.BehindBase)

	github.Fail(sim.Fault{Path: "/repos/*/*/compare/*", Status: 404, Body: `{"message":"Not Found"}`})
	assert.Contains(t, read(t, github, gates(9)).Unavailable, deploy.FreshnessPart)
}

func TestChecksThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: "github-actions[bot]", Permissions: map[string]string{"contents": "read", "pull-requests": "read", "deployments": "read"}})
	github.Check(sim.Check{Pull: 7, Name: "build", State: "success"})
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), gates(7))
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable[deploy.ChecksPart].Hint, "`checks: read`")
	assert.NotContains(t, facts.Unavailable, deploy.PullPart)
	assert.NotEmpty(t, facts.Pull.Head.SHA)
}

// A state of the pull request that could not be read is never taken for a good one.
func TestGatesThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	const head = "1111111111111111111111111111111111111111"
	for name, test := range map[string]struct {
		field string
		part  deploy.Part
	}{
		"reviews":   {`"reviewDecision"`, deploy.GatesPart},
		"freshness": {`"headRef","compare"`, deploy.FreshnessPart},
		"checks":    {`"commits","nodes",0,"commit","statusCheckRollup"`, deploy.ChecksPart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"data":{"repository":{"nameWithOwner":"Acme/Shop","pullRequest":{"headRefOid":"` + head + `"},"gates":{"state":"OPEN","reviewDecision":null}},"rateLimit":{}},
				"errors":[{"type":"INTERNAL","path":["repository","gates",` + test.field + `],"message":"Something went wrong"}]}`
			wire := &answers{list: []answering{answer(200, body)}}
			facts, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 7, StableBranch: "main", Gates: true})
			require.NoError(t, err)
			assert.Contains(t, facts.Unavailable, test.part)
			assert.NotContains(t, facts.Unavailable, deploy.PullPart)
		})
	}
}

// A list of checks that goes in circles, or turns to another commit, cannot be relied on.
func TestEndlessChecks(t *testing.T) {
	t.Parallel()
	page := func(oid, cursor string) string {
		return `{"id":"C_1","oid":"` + oid + `","statusCheckRollup":{"contexts":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":` + cursor + `}}}}`
	}
	for name, next := range map[string]string{
		"the same page again": page("a", `"one"`),
		"a page without end":  page("a", "null"),
		"another commit":      page("b", `"two"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := `{"data":{"repository":{"nameWithOwner":"acme/shop","pullRequest":{"headRefOid":"a"},"gates":{"state":"OPEN",
				"commits":{"nodes":[{"commit":` + page("a", `"one"`) + `}]}}},"rateLimit":{}}}`
			wire := &answers{list: []answering{answer(200, first), answer(200, `{"data":{"node":`+next+`}}`)}}
			facts, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Pull: 7, StableBranch: "main", Gates: true})
			require.NoError(t, err)
			assert.NotEmpty(t, facts.Pull.Checks.Problem)
		})
	}
}

// An answer about something else than was asked for is no answer.
func TestAnswersAboutOthers(t *testing.T) {
	t.Parallel()
	ask := func(repository, environment string) (deploy.Facts, error) {
		body := `{"data":{"repository":{"nameWithOwner":"` + repository + `","e0":{"nodes":[{"environment":"` + environment + `","state":"ACTIVE"}]}},"rateLimit":{}}}`
		wire := &answers{list: []answering{answer(200, body)}}
		return newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Environments: []string{"staging"}})
	}
	facts, err := ask("ACME/shop", "Staging")
	require.NoError(t, err)
	assert.Empty(t, facts.Unavailable)
	facts, err = ask("acme/shop", "production")
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable, deploy.DeploymentsPart+"staging")
	_, err = ask("acme/other", "staging")
	require.ErrorContains(t, err, `"acme/other"`)
}

func TestExactCommit(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	old, stable := github.Head("feature/a b"), github.Head("main")
	github.PushToPull(7, sim.Commit{Message: "two", Author: "alice"})
	elsewhere := github.Push(sim.Commit{Branch: "elsewhere", Message: "x", Author: "eve"})
	for name, test := range map[string]struct {
		sha       string
		contained bool
	}{
		"earlier commit of the pull request": {old, true},
		"stable branch":                      {stable, true},
		"head of the pull request":           {github.Head("feature/a b"), true},
		"another branch":                     {elsewhere, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exact := read(t, github, deploy.Needs{Pull: 7, StableBranch: "main", Exact: test.sha}).Exact
			assert.Equal(t, test.sha, exact.Commit.SHA)
			assert.Equal(t, test.contained, exact.Contained)
			assert.True(t, exact.Commit.AuthoredAt.OK)
		})
	}
	needs := deploy.Needs{Pull: 7, StableBranch: "main", Exact: "0123456789012345678901234567890123456789"}
	assert.Empty(t, read(t, github, needs).Exact)
}

func TestTeams(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddTeam("acme", "release", "alice")
	github.AddTeam("acme", "ops", "bob")
	needs := gates(7)
	needs.AdminTeams = []string{"acme/ops", "acme/release"}
	assert.Contains(t, read(t, github, needs).Unavailable[deploy.TeamsPart].Hint, "admins_pat")

	client, err := gh.New(gh.Options{
		Token: "sim-token", TeamToken: "sim-token", Owner: "acme", Repository: "shop", Version: "test",
		Transport: github.Client().Transport, Now: time.Now,
	})
	require.NoError(t, err)
	facts, err := client.Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Equal(t, []string{"acme/release"}, facts.Actor.Teams)
	assert.Empty(t, facts.Unavailable)

	github.Fail(sim.Fault{Path: "/orgs/*/teams/*/memberships/*", Status: 403, Body: `{"message":"no"}`})
	facts, err = client.Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Equal(t, []string{"acme/release"}, facts.Actor.Teams, "one team that cannot be read does not hide the others")
	assert.Contains(t, facts.Unavailable, deploy.TeamsPart)
}

func TestUpdateBranch(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("feature/a b")
	github.Push(sim.Commit{Branch: "main", Message: "ahead", Author: "alice"})
	client := newClient(t, github.Client().Transport, "sim-token")
	_, err := client.Do(t.Context(), plan.UpdateBranch{Pull: 7, ExpectedHead: "1234567890123456789012345678901234567890"}, ledger())
	require.Error(t, err, "the head is another one")
	_, err = client.Do(t.Context(), plan.UpdateBranch{Pull: 7, ExpectedHead: head}, ledger())
	require.NoError(t, err)
	assert.NotEqual(t, head, github.PullHead(7))
}

// GitHub's answer 202 is no deployment, and says why.
func TestMergedInstead(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.Push(sim.Commit{Branch: "main", Message: "ahead", Author: "alice"})
	effect := start(github)
	effect.AutoMerge = true
	_, err := newClient(t, github.Client().Transport, "sim-token").Do(t.Context(), effect, ledger())
	merged, isMerged := errorAs[*gh.MergedError](err)
	require.True(t, isMerged, "%v", err)
	assert.Contains(t, merged.Message, "Auto-merged")
	assert.Empty(t, github.Deployments(""))
}

// A further page of checks knows runs as the first one does; where the token may not see them, only they are hidden.
func TestRunsOnFurtherPages(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	for i := range 150 {
		github.Check(sim.Check{Pull: 7, Name: fmt.Sprint("unit ", i), State: "success"})
	}
	for name, permissions := range map[string]map[string]string{
		"seen":   {"contents": "read", "pull-requests": "read", "deployments": "read", "checks": "read", "statuses": "read", "actions": "read"},
		"hidden": {"contents": "read", "pull-requests": "read", "deployments": "read", "checks": "read", "statuses": "read"},
	} {
		github.AddToken(sim.Token{Value: name, Login: sim.ActionsLogin, Permissions: permissions})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, err := newClient(t, github.Client().Transport, name).Facts(t.Context(), gates(7))
			require.NoError(t, err)
			require.Len(t, facts.Pull.Checks.Nodes, 150)
			assert.Equal(t, name == "seen", facts.Pull.Checks.Nodes[149].Run.OK)
			assert.Equal(t, name == "seen", facts.Read[deploy.RunsPart])
			assert.True(t, facts.Read[deploy.ChecksPart])
			_, missing := facts.Missing(deploy.RunsPart)
			assert.Equal(t, name == "hidden", missing)
		})
	}
}

// Suites are read to the last page: the newest one may be the one that is under way.
func TestPagesOfSuites(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.PullHead(7)
	for i := range 120 {
		github.AddSuite(head, fmt.Sprint("app ", i))
	}
	github.Check(sim.Check{Pull: 7, Name: "test", State: "success", Jobs: 2})
	suites := read(t, github, gates(7)).Pull.Checks.Suites
	require.Len(t, suites, 121)
	assert.Equal(t, "CI", suites[120].Name)
	assert.False(t, suites[120].Complete)
	assert.Empty(t, suites[0].Name)
}

// Required checks are known to a token that may bypass the rules, and for a base that is not the stable branch.
func TestRequiredChecks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange func(*sim.GitHub)
		stable  string
		want    []string
		missing bool
	}{
		"classic protection": {func(g *sim.GitHub) { g.Protect(sim.Protection{Checks: []string{"e2e"}}) }, "main", []string{"e2e"}, false},
		"a ruleset":          {func(g *sim.GitHub) { g.RequireChecks("e2e") }, "main", []string{"e2e"}, false},
		"both": {func(g *sim.GitHub) {
			g.RequireChecks("e2e")
			g.Protect(sim.Protection{Checks: []string{"e2e", "lint"}})
		}, "main", []string{"e2e", "lint"}, false},
		"another base":       {func(g *sim.GitHub) { g.Protect(sim.Protection{Checks: []string{"e2e"}}) }, "other", []string{"e2e"}, false},
		"GraphQL refuses":    {func(g *sim.GitHub) { g.RequireChecks("e2e"); g.RefuseField(sim.FieldRefusal{Field: "Ref.rules"}) }, "main", []string{"e2e"}, false},
		"REST has no answer": {func(g *sim.GitHub) { g.Fail(sim.Fault{Path: "/repos/*/*/branches/*", Status: 404}) }, "main", nil, true},
		"REST refuses as well": {func(g *sim.GitHub) {
			g.RefuseField(sim.FieldRefusal{Field: "Ref.rules"})
			g.Fail(sim.Fault{Path: "/repos/*/*/rules/branches/*", Status: 404})
		}, "main", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.AddUser(sim.User{Login: "root", Permission: "admin"})
			github.AddToken(sim.Token{Value: "admin", Login: "root", Kind: sim.ClassicToken})
			test.arrange(github)
			needs := gates(7)
			needs.Required, needs.StableBranch = true, test.stable
			facts, err := newClient(t, github.Client().Transport, "admin").Facts(t.Context(), needs)
			require.NoError(t, err)
			var names []string
			for _, one := range facts.Pull.Checks.Expected {
				names = append(names, one.Name)
			}
			assert.ElementsMatch(t, test.want, names)
			problem, missing := facts.Missing(deploy.RequiredPart)
			assert.Equal(t, test.missing, missing)
			if missing {
				assert.Contains(t, problem.Text, "find out which checks are required")
			}
		})
	}
}

// GitHub's schema has two words for a deployment that runs.
func TestStateOfDeployments(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{"ACTIVE": deploy.Active, "SUCCESS": deploy.Active, "INACTIVE": deploy.Inactive, "FAILURE": "FAILURE"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			body := `{"data":{"repository":{"nameWithOwner":"acme/shop","e0":{"nodes":[{"environment":"staging","state":"` + state + `"}]}},"rateLimit":{}}}`
			wire := &answers{list: []answering{answer(200, body)}}
			facts, err := newClient(t, wire, "x").Facts(t.Context(), deploy.Needs{Environments: []string{"staging"}})
			require.NoError(t, err)
			assert.Equal(t, want, facts.Deployments["staging"][0].State)
		})
	}
}
