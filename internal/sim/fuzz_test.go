package sim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// fuzzed is a small repository to throw requests at.
func fuzzed(t *testing.T) *sim.GitHub {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	g := sim.New(compiled, sim.Repository{})
	g.Comment(g.OpenPull(sim.Pull{}), "alice", "hi")
	g.Check(sim.Check{Pull: 1, Name: "test", State: "success"})
	g.Deploy(sim.DeploymentSpec{State: "success"})
	return g
}

// survive sends a request that may be nonsense: the simulator must blame the client, not itself.
func survive(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://api.github.com"+path, strings.NewReader(body))
	if err != nil {
		return // no request can look like this
	}
	r.Header.Set("Authorization", "Bearer "+sim.DefaultToken)
	r.Header.Set("User-Agent", "fuzz")
	r.Header.Set("Content-Type", "application/json")
	g := fuzzed(t)
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	if w.Code == http.StatusInternalServerError {
		t.Errorf("%s %s: %s", method, path, w.Body)
	}
	for _, violation := range g.Violations() {
		if strings.HasPrefix(violation, "server:") {
			t.Error(violation)
		}
	}
}

func FuzzREST(f *testing.F) {
	f.Add("GET", "/repos/acme/shop/pulls/1", "")
	f.Add("GET", "/repos/acme/shop/compare/main...change-1?per_page=1", "")
	f.Add("GET", "/repos/acme/shop/contents/a%2Fb?ref=main", "")
	f.Add("GET", "/repos/acme/shop/git/trees/main?recursive=1", "")
	f.Add("GET", "/repos/acme/shop/commits/change-1/check-runs", "")
	f.Add("POST", "/repos/acme/shop/issues/1/comments", `{"body":"x"}`)
	f.Add("POST", "/repos/acme/shop/issues/1/labels", `["a/b"]`)
	f.Add("DELETE", "/repos/acme/shop/issues/1/labels/a%2Fb", "")
	f.Add("POST", "/repos/acme/shop/issues/comments/2147483650/reactions", `{"content":"eyes"}`)
	f.Add("POST", "/repos/acme/shop/deployments", `{"ref":"change-1","payload":{"a":1},"required_contexts":["x"],"auto_merge":true}`)
	f.Add("POST", "/repos/acme/shop/deployments/2147483651/statuses", `{"state":"success","auto_inactive":false}`)
	f.Add("POST", "/repos/acme/shop/git/refs", `{"ref":"refs/heads/x","sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904"}`)
	f.Add("PATCH", "/repos/acme/shop/git/refs/heads/main", `{"sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","force":true}`)
	f.Add("POST", "/repos/acme/shop/git/trees", `{"base_tree":"main","tree":[{"path":"a","mode":"100644","type":"blob","content":"x"}]}`)
	f.Add("POST", "/repos/acme/shop/git/commits", `{"message":"x","tree":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","author":{"name":"a","email":"b"}}`)
	f.Add("PUT", "/repos/acme/shop/pulls/1/update-branch", "null")
	f.Fuzz(survive)
}

func FuzzGraphQL(f *testing.F) {
	f.Add(`{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { title commits(last: 1) { nodes { commit { oid } } } } } }`, `{}`)
	f.Add(`query($e: [String!]) { repository(owner: "acme", name: "shop") { deployments(first: 2, environments: $e) { nodes { state payload } } } }`, `{"e": ["production"]}`)
	f.Add(`mutation($i: AddCommentInput!) { addComment(input: $i) { subject { id } } }`, `{"i": {"subjectId": "PR_MQ", "body": "x"}}`)
	f.Add(`mutation { updateRefs(input: {repositoryId: "R_YWNtZS9zaG9w", refUpdates: [{name: "refs/heads/x", afterOid: "0"}]}) { clientMutationId } }`, `null`)
	f.Add(`{ node(id: "PR_MQ") { ...f } } fragment f on PullRequest { number @include(if: true) }`, `[]`)
	f.Add(`{ nodes(ids: ["DE_MjE0NzQ4MzY1MQ", "C_", "REF_"]) { id } rateLimit(dryRun: true) { cost } }`, ``)
	f.Fuzz(func(t *testing.T, document, variables string) {
		if !json.Valid([]byte(variables)) {
			variables = "null"
		}
		query, err := json.Marshal(document)
		require.NoError(t, err)
		survive(t, "POST", "/graphql", `{"query": `+string(query)+`, "variables": `+variables+`}`)
	})
}
