package rehearse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// TestStatusBudget counts what .status asks of GitHub: what .wcid asks, with one query more for all environments.
func TestStatusBudget(t *testing.T) {
	t.Parallel()
	const begin = "at 2026-12-01T11:00+01:00\nuser alice write\nuser bob write\nteam acme/leads bob\npush checkout Faster\npull 1 alice checkout\n"
	const deployed = "comment alice 1 .deploy staging\njob success 5m\n"
	const paths = "path_rules:\n  - {name: sql, paths: [\"db/**\"], reviews: 1}\n"
	const with = "-- with --\nupdate_branch: disabled\nteam_token: sim-token\n"
	many := func(count int, key string) string {
		var b strings.Builder
		b.WriteString("-- .github/lockstep.yml --\nversion: 1\nenvironments:\n")
		for i := range count {
			fmt.Fprintf(&b, "  place-%d:\n", i)
			if i > 0 {
				b.WriteString(strings.ReplaceAll(key, "%", fmt.Sprint(i-1)))
			}
		}
		return b.String() + with
	}
	file := func(rules string) string {
		return "-- .github/lockstep.yml --\nversion: 1\nenvironments:\n  staging:\n  production:\n    production: true\n    after: staging\n" + rules + with
	}
	for name, test := range map[string]struct {
		script                  string
		requests, rounds, graph int
	}{
		"no deployment, no file":   {begin + "comment alice 1 .status\n-- with --\nenvironment_targets: production\n", 7, 3, 2},
		"three environments":       {begin + "comment alice 1 .deploy development\njob success\ncomment alice 1 .status\n-- with --\nenforced_deployment_order: development,staging,production\n", 7, 3, 2},
		"a file":                   {begin + deployed + "comment alice 1 .status\n" + file("    soak: 1h\n    reviews: 1\n    noop: required\n"), 7, 3, 2},
		"one environment":          {begin + deployed + "comment alice 1 .status production\n" + file("    soak: 1h\n"), 7, 3, 2},
		"path rules":               {begin + deployed + "comment alice 1 .status\n" + file(paths), 8, 4, 2},
		"a team of reviewers":      {begin + deployed + "review 1 bob APPROVED\ncomment alice 1 .status\n" + file("    reviews: {count: 1, from: [acme/leads]}\n"), 8, 4, 2},
		"fifty environments":       {begin + "comment alice 1 .status\n" + many(50, "    after: place-%\n    soak: 1h\n    noop: required\n"), 7, 3, 7},
		"sixty, and fifty of them": {begin + "comment alice 1 .status\n" + many(60, "    after: place-%\n"), 7, 3, 7},
		"sixty, and one of them":   {begin + "comment alice 1 .status place-59\n" + many(60, "    after: place-%\n"), 7, 3, 2},
		"not permitted":            {begin + "user zoe read\ncomment zoe 1 .status\n" + many(50, ""), 4, 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, err := rehearse.ParseStory("budget", []byte(test.script))
			require.NoError(t, err)
			got := spendOn(t, story, func(p *rehearse.Session) {
				_, outputs, log := p.Last()
				require.NotEmpty(t, outputs["type"], log)
			})
			assert.Equal(t, test.requests, got.requests)
			assert.Equal(t, test.rounds, got.rounds)
			assert.Equal(t, test.graph, got.graph)
		})
	}
}
