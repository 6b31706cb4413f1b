package gh_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// undated takes the time out of each answer but the first ones.
type undated struct {
	next http.RoundTripper
	left int // answers that keep it
}

func (u *undated) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := u.next.RoundTrip(r)
	if u.left--; err == nil && u.left < 0 {
		response.Header.Del("Date")
	}
	return response, err
}

// The runner's own clock is told from GitHub's: it opens no rule.
func TestUntoldTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		left int
		want bool
	}{
		"each answer has the time": {2, false},
		"the first one has it":     {1, false}, // the runner's clock is known to be right, or by how much it is wrong
		"no answer has it":         {0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, &undated{newGitHub(t).Client().Transport, test.left}, "sim-token")
			facts, err := client.Facts(t.Context(), deploy.Needs{StableBranch: "main"})
			require.NoError(t, err)
			facts, err = client.More(t.Context(), facts, deploy.Needs{StableBranch: "main"})
			require.NoError(t, err)
			assert.Equal(t, test.want, facts.Untold)
		})
	}
}
