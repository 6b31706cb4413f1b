package rehearse_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// underRules deploys a commit to staging, and then asks for production: %s is what happens in between, the command and
// the rules of production.
const underRules = `
at 2026-12-01T10:00+01:00
user alice write
user bob write
team acme/leads bob alice
push checkout Faster checkout
pull 1 alice checkout
comment alice 1 .deploy staging
job success
at 2026-12-01T14:00+01:00
%s
comment alice 1 %s
-- .github/lockstep.yml --
version: 1
environments:
  staging:
  production:
    after: staging
    production: true
%s
-- with --
update_branch: disabled
team_token: sim-token
`

// TestRulesBudget counts what rules ask of GitHub: a rules file is one request and one round, and only what needs other
// answers first takes more.
func TestRulesBudget(t *testing.T) {
	t.Parallel()
	const all = "    reviews: 1\n    soak: 1h\n    noop: required\n    labels: {require: [qa]}\n    checklist: Deployment\nfreezes:\n  - {name: nights, from: \"20:00\", until: \"06:00\"}\n"
	const ready = "review 1 bob APPROVED\nlabelled 1 qa\ndescribe 1 body.md\ncomment alice 1 .noop production\njob success\n"
	const body = "-- body.md --\n## Deployment\n- [x] ready\n"
	const path = "path_rules:\n  - {name: migration, paths: [\"db/**\"], reviews: 1}\n"
	const back = "comment alice 1 .deploy production\njob success\nmerge 1\npass 1m\ncomment alice 1 .deploy main to staging\njob success\ncomment alice 1 .deploy main to production\njob success\npass 1m"
	for name, test := range map[string]struct {
		before, command, rules string
		requests, rounds       int
	}{
		"the order only":      {"", ".deploy production", "", 12, 8},
		"every rule of facts": {ready, ".deploy production", all, 12, 8},
		"a team":              {"", ".deploy production", "    allow: [acme/leads]\n", 13, 8},
		"a team of reviewers": {"review 1 bob APPROVED", ".deploy production", "    reviews: {count: 1, from: [acme/leads]}\n", 13, 8},
		"path rules":          {"", ".deploy production", path, 13, 8},
		"the stable branch":   {"merge 1\npass 1m\ncomment alice 1 .deploy main to staging\njob success", ".deploy main to production", "", 10, 8},
		"the way back":        {back, ".deploy main to production", "", 11, 8},
		"the stable branch, with reviewers of a team": {
			"review 1 bob APPROVED\nmerge 1\npass 1m\ncomment alice 1 .deploy main to staging\njob success",
			".deploy main to production", "    reviews: {count: 1, from: [acme/leads]}\n" + path, 11, 9,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := fmt.Sprintf(underRules, test.before, test.command, test.rules)
			if test.before == ready {
				script += body
			}
			story, err := rehearse.ParseStory("budget", []byte(script))
			require.NoError(t, err)
			got := spendOn(t, story, func(p *rehearse.Session) {
				_, outputs, log := p.Last()
				require.Equal(t, "true", outputs["continue"], log)
			})
			assert.Equal(t, test.requests, got.requests)
			assert.Equal(t, test.rounds, got.rounds)
			assert.LessOrEqual(t, got.graph, 8)
		})
	}
}
