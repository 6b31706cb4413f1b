package gh_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/lock"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// everyPart is a repository in which all parts of the facts exist, and asks for all of them.
func everyPart(t *testing.T) (*sim.GitHub, deploy.Needs) {
	t.Helper()
	github := newGitHub(t)
	github.AddTeam("acme", "ops", "alice")
	github.AddRule(sim.Rule{Type: "deletion", Branch: "main"})
	github.Check(sim.Check{Pull: 7, Name: "test", State: "success"})
	for _, environment := range []string{"staging", "production"} {
		github.Deploy(sim.DeploymentSpec{Environment: environment, SHA: github.Head("main"), Ref: "main", Creator: "alice", State: "success"})
	}
	held := document("production", 5)
	held.RunID = github.AddRun(sim.WorkflowRun{Status: "in_progress", RunAttempt: 2})
	put(github, production, held.Marshal())
	commit := github.Push(sim.Commit{Branch: "main", Files: map[string]string{"template.md": "text"}})
	return github, deploy.Needs{
		Actor: "alice", AdminTeams: []string{"acme/ops"}, Pull: 7, StableBranch: "main", Gates: true, Required: true, Pushes: true, Asked: now().Add(time.Hour), Fresh: true, Rules: true,
		Environments: []string{"staging"}, Scope: deploy.SinceItsRun, Origins: true, Live: "production", Exact: commit, Run: deploy.RunID{ID: 43},
		Locks: []string{lock.GlobalBranch, production}, Template: deploy.File{Path: "template.md", Commit: commit},
	}
}

// parts names all of them but some, in their order.
func parts(but ...deploy.Part) []deploy.Part {
	all := []deploy.Part{
		deploy.ActorPart, deploy.TeamsPart, deploy.PullPart, deploy.StablePart, deploy.DeploymentsPart + "staging", deploy.GatesPart,
		deploy.ChecksPart, deploy.RunsPart, deploy.RequiredPart, deploy.PushesPart, deploy.FreshnessPart, deploy.ExactPart, deploy.RulesPart, deploy.LocksPart, deploy.RunPart, deploy.TemplatePart, deploy.LivePart, deploy.OriginsPart, deploy.OpinionsPart,
	}
	slices.Sort(all)
	return slices.DeleteFunc(all, func(part deploy.Part) bool { return slices.Contains(but, part) })
}

func marked[V any](of map[deploy.Part]V) []deploy.Part { return slices.Sorted(maps.Keys(of)) }

// withTeams is a client with a token that may see teams.
func withTeams(t *testing.T, transport http.RoundTripper) *gh.Client {
	t.Helper()
	client, err := gh.New(gh.Options{Token: sim.DefaultToken, TeamToken: sim.DefaultToken, Owner: "acme", Repository: "shop", Transport: transport, Now: time.Now})
	require.NoError(t, err)
	return client
}

func TestPartsThatWereRead(t *testing.T) {
	t.Parallel()
	github, needs := everyPart(t)
	client := withTeams(t, github.Client().Transport)
	facts, err := client.Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Equal(t, parts(), marked(facts.Read))
	assert.Empty(t, facts.Unavailable)

	facts, err = client.Facts(t.Context(), deploy.Needs{})
	require.NoError(t, err)
	assert.Empty(t, facts.Read, "nothing was asked for")
	assert.Empty(t, facts.Unavailable)

	facts, err = client.MergeFacts(t.Context(), "production")
	require.NoError(t, err)
	assert.Equal(t, []deploy.Part{deploy.DefaultPart, deploy.LivePart}, marked(facts.Read))
}

// One part is asked for at a time: no other counts as read, and none as missing.
func TestPartsThatWereNotAskedFor(t *testing.T) {
	t.Parallel()
	github, all := everyPart(t)
	client := withTeams(t, github.Client().Transport)
	for name, test := range map[string]struct {
		needs deploy.Needs
		read  []deploy.Part
	}{
		"actor":        {deploy.Needs{Actor: "alice"}, []deploy.Part{deploy.ActorPart}},
		"rerunner":     {deploy.Needs{Actor: "alice", RerunBy: "alice"}, []deploy.Part{deploy.ActorPart, deploy.RerunnerPart}},
		"teams":        {deploy.Needs{Actor: "alice", AdminTeams: all.AdminTeams}, []deploy.Part{deploy.ActorPart, deploy.TeamsPart}},
		"members":      {deploy.Needs{Members: []deploy.Membership{deploy.MembershipOf("acme/ops", "alice")}}, []deploy.Part{deploy.MembersPart}},
		"pull request": {deploy.Needs{Pull: 7}, []deploy.Part{deploy.PullPart}},
		"stable":       {deploy.Needs{StableBranch: "main"}, []deploy.Part{deploy.StablePart}},
		"deployments":  {deploy.Needs{Environments: all.Environments}, []deploy.Part{deploy.DeploymentsPart + "staging"}},
		"own history":  {deploy.Needs{Environments: all.Environments, Scope: deploy.UntilOwn}, []deploy.Part{deploy.DeploymentsPart + "staging"}},
		"origins":      {withOrigins("staging"), []deploy.Part{deploy.DeploymentsPart + "staging", deploy.OriginsPart}},
		"live":         {deploy.Needs{Live: "production"}, []deploy.Part{deploy.LivePart}},
		"locks":        {deploy.Needs{Locks: all.Locks}, []deploy.Part{deploy.LocksPart, deploy.RunPart}},
		"template":     {deploy.Needs{Template: all.Template}, []deploy.Part{deploy.TemplatePart}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts, err := client.Facts(t.Context(), test.needs)
			require.NoError(t, err)
			assert.ElementsMatch(t, test.read, marked(facts.Read))
			assert.Empty(t, facts.Unavailable)
		})
	}
}

// What was asked for and does not exist was read as well.
func TestPartsThatDoNotExist(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	needs := deploy.Needs{
		Pull: 7, StableBranch: "gone", Rules: true, Exact: strings.Repeat("1", 40), Environments: []string{"staging"}, Live: "staging",
		Locks: []string{production}, Template: deploy.File{Path: "gone", Commit: github.Head("main")},
	}
	facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.Equal(t, parts(deploy.ActorPart, deploy.TeamsPart, deploy.OriginsPart, deploy.OpinionsPart, deploy.GatesPart, deploy.ChecksPart, deploy.RunsPart, deploy.RequiredPart, deploy.PushesPart, deploy.FreshnessPart), marked(facts.Read))
	assert.Empty(t, facts.Unavailable)
}

// A fork's distance is asked for only where it is needed.
func TestFreshnessThatIsNotKnown(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.OpenPull(sim.Pull{Number: 8, Author: "eve", Head: "topic", HeadRepository: "eve/shop"})
	for name, fresh := range map[string]bool{"not asked for": false, "asked for": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs := gates(8)
			needs.Fresh = fresh
			facts := read(t, github, needs)
			assert.Equal(t, fresh, facts.Read[deploy.FreshnessPart])
			assert.True(t, facts.Read[deploy.GatesPart])
		})
	}
}

// failingField takes a field out of the answers to queries, and says with an error why.
type failingField struct {
	next http.RoundTripper
	path []any
}

func (f failingField) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := f.next.RoundTrip(r)
	if err != nil || r.URL.Path != "/graphql" {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	var tree map[string]any
	if err != nil || json.Unmarshal(body, &tree) != nil || !f.cut(tree["data"], f.path) {
		response.Body = io.NopCloser(bytes.NewReader(body))
		return response, err
	}
	tree["errors"] = []any{map[string]any{"type": "FORBIDDEN", "path": f.path, "message": "no"}}
	text, err := json.Marshal(tree)
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, err
}

// cut replaces the value at a path by null, and reports whether there is one.
func (f failingField) cut(value any, path []any) bool {
	switch value := value.(type) {
	case map[string]any:
		name, _ := path[0].(string)
		if inner, there := value[name]; there && len(path) > 1 {
			return f.cut(inner, path[1:])
		}
		value[name] = nil
		return true
	case []any:
		return f.cut(value[0], path[1:])
	}
	return false
}

// What an error lies on is not read, and the rest is.
func TestPartsThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	gates := []deploy.Part{deploy.GatesPart, deploy.ChecksPart, deploy.FreshnessPart}
	for name, test := range map[string]struct {
		path    []any
		missing []deploy.Part
		unknown []deploy.Part // neither read nor missing
	}{
		"pull request":    {[]any{"repository", "pullRequest"}, []deploy.Part{deploy.PullPart}, []deploy.Part{deploy.PushesPart}},
		"stable":          {[]any{"repository", "stable"}, []deploy.Part{deploy.StablePart}, nil},
		"deployments":     {[]any{"repository", "e0"}, []deploy.Part{deploy.DeploymentsPart + "staging"}, nil},
		"gates":           {[]any{"repository", "gates"}, gates, []deploy.Part{deploy.RunsPart, deploy.OpinionsPart}},
		"review decision": {[]any{"repository", "gates", "reviewDecision"}, []deploy.Part{deploy.GatesPart}, nil},
		"checks":          {[]any{"repository", "gates", "commits", "nodes", 0, "commit", "statusCheckRollup"}, []deploy.Part{deploy.ChecksPart}, nil},
		"run of a check":  {[]any{"repository", "gates", "commits", "nodes", 0, "commit", "statusCheckRollup", "contexts", "nodes", 0, "checkSuite", "workflowRun"}, []deploy.Part{deploy.RunsPart}, nil},
		"run of a suite":  {[]any{"repository", "gates", "commits", "nodes", 0, "commit", "checkSuites", "nodes", 0, "workflowRun"}, []deploy.Part{deploy.RunsPart}, nil},
		"rules of base":   {[]any{"repository", "gates", "baseRef", "rules"}, nil, nil},
		"update rule":     {[]any{"repository", "gates", "baseRef", "refUpdateRule"}, nil, nil},
		"exact commit":    {[]any{"repository", "exact"}, []deploy.Part{deploy.ExactPart}, nil},
		"where it is":     {[]any{"repository", "inStable", "compare"}, []deploy.Part{deploy.ExactPart}, nil},
		"rules":           {[]any{"repository", "ruled", "rules"}, []deploy.Part{deploy.RulesPart}, nil},
		"locks":           {[]any{"repository", "lock1"}, []deploy.Part{deploy.LocksPart}, []deploy.Part{deploy.RunPart}},
		"template":        {[]any{"repository", "template"}, []deploy.Part{deploy.TemplatePart}, nil},
		"live":            {[]any{"repository", "live"}, []deploy.Part{deploy.LivePart}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github, needs := everyPart(t)
			facts, err := withTeams(t, failingField{github.Client().Transport, test.path}).Facts(t.Context(), needs)
			require.NoError(t, err)
			assert.ElementsMatch(t, test.missing, marked(facts.Unavailable))
			assert.Equal(t, parts(append(test.unknown, test.missing...)...), marked(facts.Read))
		})
	}
}

// The distance is asked for once more where the query did not give it.
func TestFreshnessByAnotherWay(t *testing.T) {
	t.Parallel()
	path := []any{"repository", "gates", "headRef", "compare"}
	github, needs := everyPart(t)
	facts, err := withTeams(t, failingField{github.Client().Transport, path}).Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.True(t, facts.Read[deploy.FreshnessPart])
	assert.Empty(t, facts.Unavailable)
	needs.Fresh = false
	facts, err = withTeams(t, failingField{github.Client().Transport, path}).Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.False(t, facts.Read[deploy.FreshnessPart])
	assert.Contains(t, facts.Unavailable, deploy.FreshnessPart)
}

// What takes a request of its own fails on its own.
func TestPartsWhoseRequestFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   sim.Fault
		missing deploy.Part
	}{
		"actor":     {sim.Fault{Path: "/repos/*/*/collaborators/*/permission", Status: 404}, deploy.ActorPart},
		"no answer": {sim.Fault{Path: "/repos/*/*/collaborators/*/permission", Status: 200, Body: `{}`}, deploy.ActorPart},
		"teams":     {sim.Fault{Path: "/orgs/*/teams/*/memberships/*", Status: 403}, deploy.TeamsPart},
		"required":  {sim.Fault{Path: "/repos/*/*/branches/*", Status: 403}, ""},
		"run":       {sim.Fault{Path: "/repos/*/*/actions/runs/*", Status: 403}, deploy.RunPart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github, needs := everyPart(t)
			github.Fail(test.fault)
			facts, err := withTeams(t, github.Client().Transport).Facts(t.Context(), needs)
			require.NoError(t, err)
			if test.missing != "" {
				assert.Equal(t, []deploy.Part{test.missing}, marked(facts.Unavailable))
			}
			assert.Equal(t, parts(test.missing), marked(facts.Read))
		})
	}
}

// Where deployments hide the whole repository, they are missing, and the rest is read.
func TestPartsBehindHiddenDeployments(t *testing.T) {
	t.Parallel()
	github, needs := everyPart(t)
	needs.Environments = []string{"staging", "other"}
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read", "pull-requests": "read", "checks": "read", "statuses": "read", "actions": "read"}})
	facts, err := newClient(t, github.Client().Transport, "poor").Facts(t.Context(), needs)
	require.NoError(t, err)
	assert.ElementsMatch(t, []deploy.Part{deploy.DeploymentsPart + "staging", deploy.DeploymentsPart + "other", deploy.LivePart, deploy.TeamsPart}, marked(facts.Unavailable))
	assert.Equal(t, parts(deploy.DeploymentsPart+"staging", deploy.LivePart, deploy.TeamsPart), marked(facts.Read))
}

// Facts that are read inside of a write are marked as well; the actor is not asked for there.
func TestPartsInsideOfWrites(t *testing.T) {
	t.Parallel()
	github, needs := everyPart(t)
	pull := read(t, github, deploy.Needs{Pull: 7}).Pull.ID
	for name, effect := range map[string]plan.Effect{
		"lock":    plan.TakeLock{Repository: read(t, github, deploy.Needs{}).Repository, Branch: lock.Branch("other"), Content: "{}", Recheck: &needs},
		"comment": plan.Comment{Pull: 7, PullID: pull, Marker: "<!-- one -->", Body: "x", Recheck: &needs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done, err := do(t, github, effect)
			require.NoError(t, err)
			assert.Equal(t, parts(deploy.ActorPart, deploy.TeamsPart, deploy.PushesPart), marked(done.Facts.Read))
			assert.Empty(t, done.Facts.Unavailable)
		})
	}
}
