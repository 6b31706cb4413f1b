package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRulesBudget counts what approvals and path rules ask more than a deployment without them: nothing for approvals of
// the head, one comparison for path rules, one query for a merge, and one question for each pair of team and user, which is known only after the reviews.
func TestRulesBudget(t *testing.T) {
	t.Parallel()
	const start = "user alice write\nuser bob write\nset team_token sim-token\nteam acme/leads bob\npush checkout Faster\npull 1 alice checkout\nreview 1 bob APPROVED\n" +
		"comment alice 1 .deploy to production\njob success\n"
	const head = start + "file checkout db/1.sql x\nreview 1 bob APPROVED\ncomment alice 1 .deploy to production\n"
	const stable = start + "merge 1\ncomment alice 1 .deploy main to production\n"
	file := func(rules string) string {
		return "-- .github/lockstep.yml --\nversion: 1\nenvironments:\n  production:\n    production: true\n" + rules
	}
	const paths = "path_rules:\n  - {name: sql, paths: [\"db/**\"], reviews: 1}\n"
	for name, test := range map[string]struct {
		script           string
		requests, rounds int
	}{
		"head, no rules":         {head + file(""), 12, 7},
		"head, approvals":        {head + file("    reviews: 1\n"), 12, 7},
		"head, approvals from":   {head + file("    reviews: {count: 1, from: [acme/leads]}\n"), 13, 8},
		"head, path rules":       {head + file(paths), 13, 8},
		"stable, no rules":       {stable + file(""), 11, 8},
		"stable, approvals":      {stable + file("    reviews: 1\n"), 11, 8},
		"stable, both":           {stable + file("    reviews: 1\n"+paths), 12, 8},
		"stable, approvals from": {stable + file("    reviews: {count: 1, from: [acme/leads]}\n"), 12, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, rounds, outputs, log := measure(t, test.script)
			require.Equal(t, "true", outputs["continue"], log)
			assert.Equal(t, test.requests, requests, "requests")
			assert.Equal(t, test.rounds, rounds, "rounds")
		})
	}
}
