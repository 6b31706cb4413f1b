package rehearse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// deploysDaily are deployments to environments, each of a commit of its own.
func deploysDaily(count int, environments ...string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "push main Change %d\n", i)
		for _, one := range environments {
			fmt.Fprintf(&b, "deployed %s main alice success\n", one)
		}
		b.WriteString("pass 12h\n")
	}
	return b.String()
}

// mergesDaily are pull requests that are merged and deployed to environments.
func mergesDaily(count int, environments ...string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "push branch-%d Change %d\npull %d alice branch-%d Change\nmerge %d squash\n", i, i, i+1, i, i+1)
		for _, one := range environments {
			fmt.Fprintf(&b, "deployed %s main alice success\n", one)
		}
		b.WriteString("pass 12h\n")
	}
	return b.String()
}

// TestDORABudget counts what a report asks of GitHub. A page of 50 deployments, of 50 commits of the default
// branch, of 100 issues and of 100 pull requests is one point each, and all environments share the commits.
func TestDORABudget(t *testing.T) {
	t.Parallel()
	const begin = "at 2026-09-01T08:00Z\nuser alice write\npush main One\n"
	for name, test := range map[string]struct {
		script                   string
		requests, rounds, points int
	}{
		"nothing":                   {begin + "step schedule alice mode=dora\n", 2, 2, 2},
		"sixty deployments":         {begin + deploysDaily(60, "production") + "step schedule alice mode=dora\n", 5, 5, 5},
		"sixty, three environments": {begin + deploysDaily(60, "a", "b", "c") + "step schedule alice mode=dora dora_environments=a,b,c\n", 9, 5, 9},
		"sixty pull requests":       {begin + mergesDaily(60, "production") + "step schedule alice mode=dora\n", 6, 6, 6},
		"the same, to two":          {begin + mergesDaily(60, "a", "b") + "step schedule alice mode=dora dora_environments=a,b\n", 8, 6, 8},
		"incidents":                 {begin + "label incident\nlabel outage\nstep schedule alice mode=dora incident_labels=incident,outage\n", 4, 4, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, err := rehearse.ParseStory("budget", []byte(test.script))
			require.NoError(t, err)
			got := spendOn(t, story, func(p *rehearse.Session) {
				_, outputs, log := p.Last()
				require.Contains(t, outputs, "dora", log)
			})
			assert.Equal(t, test.requests, got.requests, "requests")
			assert.Equal(t, test.rounds, got.rounds, "rounds")
			assert.Equal(t, test.points, got.graph, "points")
		})
	}
}
