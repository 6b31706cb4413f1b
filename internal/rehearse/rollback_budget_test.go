package rehearse_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRollbackBudget counts what a rollback asks of GitHub: one round more than a deployment, for the run that deployed
// the target, and one request and one round for each further page of history.
func TestRollbackBudget(t *testing.T) {
	t.Parallel()
	const rules = "-- .github/lockstep.yml --\nversion: 1\nenvironments:\n  production:\n    update_branch: false\n"
	for name, test := range map[string]struct {
		others           int    // deployments of other tools since
		words            string // behind the environment
		files            string
		requests, rounds int
	}{
		"without a file":           {0, "", "", 12, 8},
		"with a file":              {0, "", rules, 12, 8},
		"the whole commit":         {0, " to sha(checkout~1)", "", 13, 8},
		"two pages":                {60, "", "", 13, 9},
		"three pages":              {160, "", "", 14, 10},
		"three pages, with a file": {160, "", rules, 14, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := "user alice write\npush checkout Faster checkout\npull 1 alice checkout\ncomment alice 1 .deploy production\njob success\n" +
				"push checkout Faster still\ncomment alice 1 .deploy production\njob success\n" +
				strings.Repeat("deployed production checkout robot failure\n", test.others) + "comment alice 1 .rollback production" + test.words + "\n"
			requests, rounds, outputs, log := measure(t, script+test.files)
			require.Equal(t, "true", outputs["continue"], log)
			assert.Equal(t, test.requests, requests)
			assert.Equal(t, test.rounds, rounds)
		})
	}
}
