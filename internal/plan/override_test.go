package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/command"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// What was lifted is in the payload of the deployment, and stays in the saved state for the end. Where nothing was, the
// payload has no such key.
func TestOverrideIsRecorded(t *testing.T) {
	t.Parallel()
	r, c, f := deploytest.Asking(command.Deploy, "production"), deploytest.Settings(), deploytest.Facts()
	for name, test := range map[string]struct {
		lifted *deploy.Override
		want   *plan.Override
	}{
		"nothing": {nil, nil},
		"rules": {
			&deploy.Override{Rules: []policy.RuleName{policy.AfterRule, policy.FreezeRule}, Reason: "the shop is down", By: "alice"},
			&plan.Override{Rules: []string{"after", "freeze"}, Reason: "the shop is down", By: "alice"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy.Decide(r, c, f)
			d.Override = test.lifted
			l := plan.NewLedger(r, c, d, f)
			text, err := l.Marshal()
			require.NoError(t, err)
			saved, err := plan.ReadLedger(text)
			require.NoError(t, err)
			assert.Equal(t, test.want, saved.Override)
			var found bool
			for _, step := range plan.For(r, c, d, l) {
				if start, is := step.Effect.(plan.StartDeployment); is {
					payload, err := json.Marshal(start.Payload)
					require.NoError(t, err)
					found = true
					assert.Equal(t, test.want, start.Payload.Override)
					assert.Equal(t, test.want != nil, json.Valid(payload) && containsKey(t, payload, "override"))
				}
			}
			assert.True(t, found)
		})
	}
}

func containsKey(t *testing.T, text []byte, key string) bool {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all))
	_, found := all[key]
	return found
}

// A rule that is lifted only by the second look is recorded, too.
func TestOverrideOfASecondLook(t *testing.T) {
	t.Parallel()
	var l plan.Ledger
	l.Lift(deploy.Decision{Override: &deploy.Override{Rules: []policy.RuleName{policy.FreezeRule}, Reason: "the shop is down", By: "alice"}})
	start, is := l.Resolve(plan.StartDeployment{}).(plan.StartDeployment)
	require.True(t, is)
	assert.Equal(t, &plan.Override{Rules: []string{"freeze"}, Reason: "the shop is down", By: "alice"}, start.Payload.Override)
}
