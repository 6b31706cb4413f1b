package rehearse_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// The table of what each command asks of GitHub is what the simulator counts.
func TestPerformancePage(t *testing.T) {
	const page = "../../docs/performance.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	want := between(t, string(text), "requests", requestTable(t))
	want = between(t, want, "rulesrequests", rulesRequestTable(t))
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "go test ./internal/rehearse -update rewrites the tables")
	for _, example := range rehearse.Examples() {
		assert.Equal(t, 2, strings.Count(string(text), "| "+example.Name+" |"), "%s: requests, and what `make bench` measures", example.Name)
	}
}

// spending is what one part of the action asks of GitHub.
type spending struct {
	requests, rounds int
	rest, graph      int // points of the hour's two budgets
	weight           int // of the minute's budget
}

// requestTable measures each example.
func requestTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\n| Command | Start: requests | Rounds | End: requests | Rounds | REST | GraphQL | Weight |\n" + strings.Repeat("| --- ", 8) + "|\n")
	for _, example := range rehearse.Examples() {
		story, err := example.Main()
		require.NoError(t, err)
		start, end := spend(t, story), spending{}
		if example.Begins {
			story, err = example.Post()
			require.NoError(t, err)
			end = spend(t, story)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %s | %d | %d | %d |\n",
			example.Name, start.requests, start.rounds, end.cells(), start.rest+end.rest, start.graph+end.graph, start.weight+end.weight)
	}
	return b.String() + "\n"
}

func (c spending) cells() string {
	if c.requests == 0 {
		return "– | –"
	}
	return fmt.Sprintf("%d | %d", c.requests, c.rounds)
}

// spend plays a story that goes well and counts what its last part asks.
func spend(t *testing.T, story rehearse.Story) spending {
	t.Helper()
	return spendOn(t, story, func(p *rehearse.Session) {
		exit, _, log := p.Last()
		require.Zero(t, exit, log)
	})
}

// spendOn plays a story, looks at its end, and counts what its last part asks.
func spendOn(t *testing.T, story rehearse.Story, look func(*rehearse.Session)) spending {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	var all spending
	synctest.Test(t, func(t *testing.T) {
		options := rehearse.Options{Schema: compiled, Latency: 100 * time.Millisecond}
		options.After = func(p *rehearse.Session) {
			look(p)
			requests := p.GitHub.Requests()
			all.requests, all.rounds = len(requests), p.GitHub.Rounds()
			for _, request := range requests {
				if request.Operation != "" {
					all.graph += request.Points
				} else {
					all.rest += request.Points
				}
				all.weight += request.Weight
			}
		}
		require.NoError(t, rehearse.Run(t.Context(), story, options))
	})
	return all
}

// However many environments come before one, its start costs the same.
func TestOrderCostsNothing(t *testing.T) {
	t.Parallel()
	var costs []spending
	for _, example := range rehearse.Examples() {
		if strings.Contains(example.Name, "the last of") {
			story, err := example.Main()
			require.NoError(t, err)
			costs = append(costs, spend(t, story))
		}
	}
	require.Len(t, costs, 3)
	for _, cost := range costs {
		assert.Equal(t, costs[0], cost)
	}
}
