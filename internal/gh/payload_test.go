package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// A text that begins like our payloads and cannot be read may be ours. Anything else is another tool's.
func TestUnreadablePayload(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload           any
		own, isUnreadable bool
	}{
		"ours":              {map[string]any{"type": "branch-deploy"}, true, false},
		"ours, as a text":   {`{"type":"branch-deploy"}`, true, false},
		"cut off":           {`{"type":"branch-deploy"`, false, true},
		"cut off, indented": {"\n {", false, true},
		"a text":            {"deployed by hand", false, false},
		"a list":            {`["a"`, false, false},
		"another object":    {map[string]any{"type": 1}, false, false},
		"nothing":           {nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.Deploy(sim.DeploymentSpec{Environment: "staging", Ref: "main", SHA: github.Head("main"), State: "success", Payload: test.payload})
			facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Environments: []string{"staging"}, Scope: deploy.UntilOwn})
			require.NoError(t, err)
			require.Len(t, facts.Deployments["staging"], 1)
			assert.Equal(t, test.own, facts.Deployments["staging"][0].Own)
			assert.Equal(t, test.isUnreadable, facts.Deployments["staging"][0].Unreadable)
		})
	}
}
