package gh_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/sim"
	"github.com/lockstep-action/lockstep/testdata"
)

var schema = sync.OnceValues(func() (*sim.Schema, error) {
	graphql, err := testdata.Files().ReadFile("schema/github.graphql")
	if err != nil {
		return nil, err
	}
	openapi, err := testdata.Files().ReadFile("schema/rest.openapi.json")
	if err != nil {
		return nil, err
	}
	return sim.LoadSchema(graphql, openapi)
})

// newGitHub opens a repository with a pull request; it complains about broken contracts at the end.
func newGitHub(t *testing.T) *sim.GitHub {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	github := sim.New(compiled, sim.Repository{})
	github.AddUser(sim.User{Login: "alice", Permission: "write", RoleName: "maintain"})
	github.Push(sim.Commit{Branch: "feature/a b", Message: "one", Author: "alice", Files: map[string]string{"a": "1"}})
	github.OpenPull(sim.Pull{Number: 7, Author: "alice", Title: "Title", Head: "feature/a b"})
	t.Cleanup(func() { assert.Empty(t, github.Violations()) })
	return github
}

func newClient(t *testing.T, transport http.RoundTripper, token string) *gh.Client {
	t.Helper()
	client, err := gh.New(gh.Options{
		Token: token, Owner: "acme", Repository: "shop", Version: "test", Transport: filling{transport}, Now: time.Now,
	})
	require.NoError(t, err)
	return client
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api, graphql, rest, query string
	}{
		"github.com": {"", "", "https://api.github.com/repos/acme/shop/collaborators/alice/permission", "https://api.github.com/graphql"},
		"server":     {"https://ghe.example.com/api/v3", "", "https://ghe.example.com/api/v3/repos/acme/shop/collaborators/alice/permission", "https://ghe.example.com/api/graphql"},
		"slash":      {"https://ghe.example.com/api/v3/", "", "https://ghe.example.com/api/v3/repos/acme/shop/collaborators/alice/permission", "https://ghe.example.com/api/graphql"},
		"given":      {"http://127.0.0.1:1", "http://127.0.0.1:1/q", "http://127.0.0.1:1/repos/acme/shop/collaborators/alice/permission", "http://127.0.0.1:1/q"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{next: &answers{list: []answering{answer(http.StatusNotFound, `{}`)}}}
			client, err := gh.New(gh.Options{
				Token: "x", Owner: "acme", Repository: "shop", Version: "test",
				APIURL: test.api, GraphQLURL: test.graphql, Transport: seen, Now: time.Now,
			})
			require.NoError(t, err)
			_, _ = client.Facts(t.Context(), needs()) // only where it asks matters
			assert.Contains(t, seen.urls(), test.rest)
			assert.Contains(t, seen.urls(), test.query)
		})
	}
}

func TestNewRefusesWhatIsNoURL(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"api.github.com", "http://%zz"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			_, err := gh.New(gh.Options{APIURL: address})
			require.ErrorContains(t, err, "it is not a URL")
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	seen := &recorder{next: newGitHub(t).Client().Transport}
	_, err := newClient(t, seen, "sim-token").Facts(t.Context(), needs())
	require.NoError(t, err)
	for _, request := range seen.all() {
		assert.Equal(t, "lockstep/test", request.Header.Get("User-Agent"))
		assert.Equal(t, "2022-11-28", request.Header.Get("X-GitHub-Api-Version"))
		assert.Equal(t, "Bearer sim-token", request.Header.Get("Authorization"))
	}
}

// recorder keeps the requests that pass.
type recorder struct {
	next     http.RoundTripper
	mu       sync.Mutex
	requests []*http.Request
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.requests = append(r.requests, request)
	r.mu.Unlock()
	return r.next.RoundTrip(request)
}

func (r *recorder) all() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

func (r *recorder) urls() []string {
	var urls []string
	for _, request := range r.all() {
		urls = append(urls, request.URL.String())
	}
	return urls
}
