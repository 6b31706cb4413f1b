package gh_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/gh"
	"github.com/lockstep-action/lockstep/internal/plan"
)

// redirecting sends every request somewhere else, once, and remembers who saw a token.
type redirecting struct {
	to       string
	mutex    sync.Mutex
	tokens   []string
	followed bool
}

// RoundTrip answers with a redirect, or with an empty object where that leads.
func (r *redirecting) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if request.Header.Get("Authorization") != "" {
		r.tokens = append(r.tokens, request.URL.Scheme+"://"+request.URL.Host)
	}
	response := &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader("{}")), Request: request,
	}
	r.followed = r.followed || strings.HasPrefix(request.URL.String(), r.to)
	if !strings.HasPrefix(request.URL.String(), r.to) {
		response.StatusCode = http.StatusTemporaryRedirect
		response.Header.Set("Location", r.to+"/elsewhere")
	}
	return response, nil
}

// GitHub redirects to itself where a repository was renamed. No other host gets the token, no matter who redirects.
func TestTokenStaysWithItsHost(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{
		"the same host":            "https://api.github.com/repositories",
		"another host":             "https://elsewhere.example",
		"another port":             "https://api.github.com:8443",
		"without encryption":       "http://api.github.com",
		"a host that looks alike":  "https://api.github.com.example",
		"one that is called alike": "https://example/api.github.com",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := &redirecting{to: to}
			client, err := gh.New(gh.Options{Token: "secret", Owner: "acme", Repository: "shop", Version: "test", Transport: network, Now: time.Now})
			require.NoError(t, err)
			_, _ = client.Do(t.Context(), plan.React{CommentID: 1, Content: "eyes"}, plan.Ledger{})
			_, _ = client.Facts(t.Context(), deploy.Needs{Actor: "alice", Pull: 7})
			for _, address := range network.tokens {
				assert.Equal(t, "https://api.github.com", address)
			}
			assert.NotEmpty(t, network.tokens)
			assert.Equal(t, name == "the same host", network.followed)
		})
	}
}
