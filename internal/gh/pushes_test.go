package gh_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// meanwhile lets something happen after the record of pushes was read, and before the pull request is.
type meanwhile struct {
	next   http.RoundTripper
	read   chan struct{}
	once   sync.Once
	happen func()
}

func (m *meanwhile) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/graphql") {
		<-m.read
		m.once.Do(m.happen)
	}
	response, err := m.next.RoundTrip(r)
	if strings.HasSuffix(r.URL.Path, "/activity") && r.URL.Query().Get("ref") == "" {
		close(m.read)
	}
	return response, err
}

// A branch that is moved back to a commit that it had before the command gets that commit when it is moved.
func TestPushOfCommitThatTheBranchHadBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		github, branch := newGitHub(t), "feature/a b"
		evil := github.Push(sim.Commit{Branch: branch, Message: "evil", Author: "alice", Files: map[string]string{"a": "2"}})
		require.NoError(t, github.MoveBranch("alice", branch, "main"))
		time.Sleep(time.Hour)
		asked := time.Now()
		time.Sleep(time.Minute)
		wire := &meanwhile{next: github.Client().Transport, read: make(chan struct{}), happen: func() {
			assert.NoError(t, github.MoveBranch("alice", branch, evil))
		}}
		facts, err := newClient(t, wire, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 7, Pushes: true, Asked: asked})
		require.NoError(t, err)
		assert.Equal(t, evil, facts.Pull.Head.SHA)
		assert.Equal(t, deploy.Know(time.Now().UTC()), facts.Pull.Head.PushedAt)
	})
}

// A record that shows another head of the branch is behind: it does not say that the commit was there before.
func TestPushesThatAreBehind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behind time.Duration
		known  bool
	}{
		"for a moment": {time.Second, true},
		"for longer":   {time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := newGitHub(t)
				time.Sleep(time.Hour)
				asked := time.Now()
				time.Sleep(time.Second)
				pushed := time.Now().UTC()
				github.Push(sim.Commit{Branch: "feature/a b", Message: "evil", Author: "alice", Files: map[string]string{"a": "2"}})
				github.LagRecord(test.behind)
				facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 7, Pushes: true, Asked: asked})
				require.NoError(t, err)
				assert.Equal(t, deploy.Known[time.Time]{Value: map[bool]time.Time{true: pushed}[test.known], OK: test.known}, facts.Pull.Head.PushedAt)
			})
		})
	}
}
