package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// TestPromotionBudget counts what a promotion asks of GitHub: the rules file and the environment, what runs before with
// the runs that deployed it, the commit, the lock with the second look, the deployment.
func TestPromotionBudget(t *testing.T) {
	t.Parallel()
	const (
		step    = "step schedule alice mode=promote\n"
		ordered = "-- with --\nenforced_deployment_order: staging,production\n"
		ruled   = "-- .github/lockstep.yml --\nversion: 1\nenvironments:\n  staging:\n  production:\n    after: staging\n"
		pushed  = "step push alice mode=track environment=staging status=success\n"
		asked   = "comment alice 1 .deploy main to staging\njob success\n"
		begin   = "user alice write\npush main One\npush topic Two\npull 1 alice topic\n"
		next    = "job success\npush main Three\n"
	)
	for name, test := range map[string]struct {
		script, reason   string
		requests, rounds int
	}{
		"the first one":                {begin + pushed + step + ordered, "deployment_ready", 9, 9},
		"deployed by a command":        {begin + asked + step + ordered, "deployment_ready", 8, 8},
		"a later one":                  {begin + asked + step + next + asked + step + ordered, "deployment_ready", 11, 8},
		"with a rules file":            {begin + asked + step + next + asked + step + ruled, "deployment_ready", 12, 9},
		"a later one, of a push":       {begin + pushed + step + next + pushed + step + ruled, "deployment_ready", 13, 10},
		"the end":                      {begin + asked + step + "job success\n" + ruled, "deployment_ready", 3, 1},
		"nothing new":                  {begin + asked + step + "job success\n" + step + ruled, "nothing_to_promote", 4, 4},
		"nothing new, without a file":  {begin + asked + step + "job success\n" + step + ordered, "nothing_to_promote", 3, 3},
		"nothing before":               {begin + step + ruled, "nothing_to_promote", 2, 2},
		"nothing before, without file": {begin + step + ordered, "nothing_to_promote", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, err := rehearse.ParseStory("budget", []byte(test.script))
			require.NoError(t, err)
			got := spendOn(t, story, func(p *rehearse.Session) {
				_, outputs, log := p.Last()
				require.Equal(t, test.reason, outputs["reason_code"], log)
			})
			assert.Equal(t, test.requests, got.requests)
			assert.Equal(t, test.rounds, got.rounds)
			assert.LessOrEqual(t, got.graph, 8, "points of GraphQL")
		})
	}
}
