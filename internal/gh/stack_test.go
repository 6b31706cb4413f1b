package gh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// The stack is asked for where it changes what is said, and nothing depends on the answer.
func TestFactsOfStack(t *testing.T) {
	t.Parallel()
	stacked := &sim.Stack{Number: 41, Position: 2, Size: 3, Base: "main"}
	for name, test := range map[string]struct {
		base  string
		on    string
		stack *sim.Stack
		fault sim.Fault
		want  *deploy.Stack
		asked int
	}{
		"in a stack":      {"part-1", "main", stacked, sim.Fault{Path: "/none"}, &deploy.Stack{Number: 41, Position: 2}, 1},
		"no stack":        {"part-1", "main", nil, sim.Fault{Path: "/none"}, nil, 1},
		"the stable base": {"main", "main", stacked, sim.Fault{Path: "/none"}, nil, 0},
		"not wanted":      {"part-1", "", stacked, sim.Fault{Path: "/none"}, nil, 0},
		"denied":          {"part-1", "main", stacked, sim.Fault{Path: "/repos/*/*/pulls/*", Status: 403}, nil, 1},
		"no number":       {"part-1", "main", &sim.Stack{Position: 2, Base: "main"}, sim.Fault{Path: "/none"}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			github := newGitHub(t)
			github.Push(sim.Commit{Branch: "part-1", Message: "The first part", Author: "alice"})
			github.EditPull(7, func(pull *sim.Pull) { pull.Base, pull.Stack = test.base, test.stack })
			github.Fail(test.fault)
			github.ResetRequests()
			facts, err := newClient(t, github.Client().Transport, "sim-token").Facts(t.Context(), deploy.Needs{Pull: 7, StackedOn: test.on})
			require.NoError(t, err)
			assert.Equal(t, test.want, facts.Pull.Stack)
			assert.Len(t, github.Requests(), 1+test.asked)
		})
	}
}
