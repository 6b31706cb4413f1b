package gh_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// teamServer is a transport that is a function.
type teamServer func(*http.Request) (int, string)

func (a teamServer) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := a(r)
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// membersAnswer answers each question about a member.
func membersAnswer(status int, body string) http.RoundTripper {
	return teamServer(func(*http.Request) (int, string) { return status, body })
}

func TestMembers(t *testing.T) {
	t.Parallel()
	pair := deploy.MembershipOf("acme/release", "bob")
	refused := "Give the input `team_token` a valid token with `members: read` of the organization."
	for name, test := range map[string]struct {
		status int
		body   string
		want   deploy.Member
		hint   string
	}{
		"member":       {200, `{"state": "active"}`, deploy.Member{Active: true}, ""},
		"invited":      {200, `{"state": "pending"}`, deploy.Member{Invited: true}, ""},
		"no state":     {200, `{}`, deploy.Member{}, ""},
		"no member":    {404, `{"message": "Not Found"}`, deploy.Member{}, ""},
		"token is old": {401, `{"message": "Bad credentials"}`, deploy.Member{}, refused},
		"no right":     {403, `{"message": "Resource not accessible by integration"}`, deploy.Member{}, refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := withTeams(t, membersAnswer(test.status, test.body))
			facts, err := client.More(t.Context(), deploy.Facts{Repository: "R_1"}, deploy.Needs{Members: []deploy.Membership{pair}})
			require.NoError(t, err)
			assert.True(t, facts.Read[deploy.MembersPart])
			got := facts.Members[pair]
			if test.hint != "" {
				require.NotNil(t, got.Problem)
				assert.Contains(t, got.Problem.Text, "read the members of `acme/release`")
				assert.Equal(t, test.hint, got.Problem.Hint)
				got.Problem = nil
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// Each pair is asked for once, in a request of its own, and names are escaped.
func TestMembersAskEachPair(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	client := withTeams(t, teamServer(func(r *http.Request) (int, string) {
		asked.Add(1)
		if strings.HasSuffix(r.URL.EscapedPath(), "/orgs/other/teams/%2E%2E/memberships/bob") {
			return 200, `{"state": "active"}`
		}
		return 404, `{"message": "Not Found"}`
	}))
	first, second := deploy.MembershipOf("acme/release", "bob"), deploy.MembershipOf("Other/..", "Bob")
	facts, err := client.More(t.Context(), deploy.Facts{Repository: "R_1"}, deploy.Needs{Members: []deploy.Membership{first, second}})
	require.NoError(t, err)
	assert.Equal(t, int32(2), asked.Load())
	assert.Equal(t, map[deploy.Membership]deploy.Member{first: {}, second: {Active: true}}, facts.Members)
}

func TestMembersWithoutToken(t *testing.T) {
	t.Parallel()
	pair := deploy.MembershipOf("acme/release", "bob")
	facts := read(t, newGitHub(t), deploy.Needs{Pull: 7, Members: []deploy.Membership{pair}})
	require.NotNil(t, facts.Members[pair].Problem)
	assert.Contains(t, facts.Members[pair].Problem.Hint, "`team_token`")
	assert.Contains(t, facts.Members[pair].Problem.Hint, "`members: read`")
	assert.True(t, facts.Read[deploy.MembersPart])
}
