package gh_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// deployed makes a deployment of the environment "prod eu/1".
func deployed(github *sim.GitHub, sha, state string, payload any) {
	github.Deploy(sim.DeploymentSpec{Environment: "prod eu/1", SHA: sha, Ref: sha, Creator: "alice", State: state, Payload: payload})
}

func merged(t *testing.T, github *sim.GitHub) deploy.Facts {
	t.Helper()
	facts, err := newClient(t, github.Client().Transport, "sim-token").MergeFacts(t.Context(), "prod eu/1")
	require.NoError(t, err)
	assert.False(t, facts.ReadAt.IsZero())
	assert.Equal(t, "main", facts.Default.Name)
	assert.Equal(t, github.Head("main"), facts.Default.Head.SHA)
	return facts
}

func TestMergeFacts(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	assert.Empty(t, merged(t, github).Live, "nothing was deployed")

	// Merged by a commit of its own, the tree is the same.
	head := github.Head("feature/a b")
	deployed(github, github.Head("main"), "success", map[string]string{"type": "branch-deploy"})
	deployed(github, head, "success", map[string]string{"type": "branch-deploy"})
	github.Push(sim.Commit{Branch: "main", Author: "alice", Files: map[string]string{"a": "1"}})
	deployed(github, github.Head("main"), "failure", map[string]string{"type": "other"})
	github.Deploy(sim.DeploymentSpec{Environment: "staging", Payload: map[string]string{"type": "branch-deploy"}})
	facts := merged(t, github)
	require.Len(t, facts.Live, 1)
	assert.Equal(t, head, facts.Live[0].SHA)
	assert.Equal(t, deploy.Active, facts.Live[0].State)
	assert.True(t, facts.Live[0].Own)
	assert.NotEmpty(t, facts.Live[0].TreeSHA)
	assert.Equal(t, facts.Default.Head.TreeSHA, facts.Live[0].TreeSHA)
	assert.NotEqual(t, facts.Default.Head.SHA, facts.Live[0].SHA)

	github.Push(sim.Commit{Branch: "main", Author: "alice", Files: map[string]string{"a": "2"}})
	facts = merged(t, github)
	assert.NotEqual(t, facts.Default.Head.TreeSHA, facts.Live[0].TreeSHA)
}

// Ours counts behind any number of those of other tools.
func TestMergeFactsBehindManyOthers(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	head := github.Head("main")
	deployed(github, head, "failure", map[string]string{"type": "branch-deploy"})
	for range 130 {
		github.JobDeployment("prod eu/1", head)
	}
	facts := merged(t, github)
	require.Len(t, facts.Live, 1)
	assert.Equal(t, "FAILURE", facts.Live[0].State)
	assert.Len(t, github.Requests(), 2)
}

func TestPayloadsOfDeployments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload string
		own     bool
	}{
		"ours":            {`{"type":"branch-deploy"}`, true},
		"text in texts":   {`"{\"type\":\"branch-deploy\"}"`, false},
		"another type":    {`{"type":"other"}`, false},
		"a number":        {`{"type":1}`, false},
		"no JSON":         {`branch-deploy`, false},
		"a list":          {`["branch-deploy"]`, false},
		"a text as a run": {`{"github_run_id":"x","version":2,"type":"branch-deploy"}`, true},
		"with other keys": {`{"sha":null,"type":"branch-deploy"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			deployed(github, github.Head("main"), "success", test.payload)
			live := merged(t, github).Live
			assert.Equal(t, test.own, slices.ContainsFunc(live, func(d deploy.Deployment) bool { return d.Own }))
		})
	}
}

// mergeAnswer is an answer to the question what was deployed to staging.
func mergeAnswer(repository string) answering {
	return answer(http.StatusOK, `{"data":{"repository":`+repository+`}}`)
}

const (
	defaultBranch = `"nameWithOwner":"Acme/Shop","defaultBranchRef":{"name":"main","target":{"oid":"a","tree":{"oid":"t"}}}`
	onePage       = `"pageInfo":{"hasNextPage":false,"endCursor":null}`
	ownNode       = `{"environment":"Staging","commitOid":"b","state":"ACTIVE","payload":"{\"type\":\"branch-deploy\"}","commit":null}`
	foreignNode   = `{"environment":"staging","commitOid":"b","state":"ACTIVE","payload":null,"commit":null}`
)

func TestMergeFactsOfAnOddAnswer(t *testing.T) {
	t.Parallel()
	ask := func(list ...answering) (deploy.Facts, *answers, error) {
		wire := &answers{list: list}
		facts, err := newClient(t, wire, "x").MergeFacts(t.Context(), "staging")
		return facts, wire, err
	}
	facts, _, err := ask(mergeAnswer(`{` + defaultBranch + `,"deployments":{"nodes":[` + ownNode + `],` + onePage + `}}`))
	require.NoError(t, err, "names of environments differ in case")
	require.Len(t, facts.Live, 1)
	assert.Empty(t, facts.Live[0].TreeSHA, "GitHub no longer knows the commit")

	_, wire, err := ask(mergeAnswer(`{` + defaultBranch + `,"deployments":{"nodes":[` + foreignNode + `],"pageInfo":{"hasNextPage":true,"endCursor":"one"}}}`))
	require.ErrorContains(t, err, "does not say where")
	assert.Len(t, wire.times, 2, "the same page again")

	_, wire, err = ask(mergeAnswer(`{` + defaultBranch + `,"deployments":{"nodes":[],"pageInfo":{"hasNextPage":true,"endCursor":null}}}`))
	require.ErrorContains(t, err, "does not say where")
	assert.Len(t, wire.times, 1)
}

func TestMergeFactsEnd(t *testing.T) {
	t.Parallel()
	wire := &answers{}
	for i := range 30 {
		cursor := `"` + string(rune('a'+i)) + `"`
		wire.list = append(wire.list, mergeAnswer(`{`+defaultBranch+`,"deployments":{"nodes":[`+foreignNode+`],"pageInfo":{"hasNextPage":true,"endCursor":`+cursor+`}}}`))
	}
	facts, err := newClient(t, wire, "x").MergeFacts(t.Context(), "staging")
	require.NoError(t, err)
	assert.Contains(t, facts.Unavailable, deploy.LivePart)
	assert.Len(t, wire.times, 10)
}

func TestMergeFactsThatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		said answering
		text string
	}{
		"hidden":               {mergeAnswer(`null`), "no such repository"},
		"no default branch":    {mergeAnswer(`{"nameWithOwner":"acme/shop","defaultBranchRef":null,"deployments":{"nodes":[],` + onePage + `}}`), "no default branch"},
		"no commit":            {mergeAnswer(`{"nameWithOwner":"acme/shop","defaultBranchRef":{"name":"main","target":null},"deployments":{"nodes":[],` + onePage + `}}`), "no default branch"},
		"another repository":   {mergeAnswer(`{"nameWithOwner":"acme/other","defaultBranchRef":{"name":"main","target":{"oid":"a"}},"deployments":{"nodes":[],` + onePage + `}}`), "acme/other"},
		"another environment":  {mergeAnswer(`{` + defaultBranch + `,"deployments":{"nodes":[{"environment":"production"}],` + onePage + `}}`), "another environment"},
		"broken off in halves": {answer(200, `{"data":{"repository":{`+defaultBranch+`,"deployments":null}},"errors":[{"message":"Something went wrong"}]}`), "Something went wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, &answers{list: []answering{test.said}}, "x").MergeFacts(t.Context(), "staging")
			require.ErrorContains(t, err, "read what was deployed")
			require.ErrorContains(t, err, test.text)
		})
	}
}

func TestMergeFactsWithoutPermission(t *testing.T) {
	t.Parallel()
	github := newGitHub(t)
	github.AddToken(sim.Token{Value: "poor", Login: sim.ActionsLogin, Permissions: map[string]string{"contents": "read"}})
	_, err := newClient(t, github.Client().Transport, "poor").MergeFacts(t.Context(), "`@everyone`")
	problem := gh.Explain(err)
	assert.Contains(t, problem.Text, "`` `@everyone` ``", "names stay names")
	assert.Contains(t, problem.Hint, "`deployments: read` and `contents: read`")
}
