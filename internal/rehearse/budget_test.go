package rehearse_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// inOrder brings a commit through three environments; %s is the end of the last job, or nothing.
const inOrder = `
user alice write
push checkout Faster checkout
pull 1 alice checkout
comment alice 1 .deploy to development
job success
comment alice 1 .deploy to staging
job success
comment alice 1 .deploy to production
%s
-- with --
enforced_deployment_order: development,staging,production
%s
`

// TestBudget counts what one deployment asks of GitHub. A round is a time of waiting: requests
// under way at the same time share one.
func TestBudget(t *testing.T) {
	t.Parallel()
	const tracked, unlocked = "versioner_api_key: sk_acme_1_rehearsal", "disable_lock: true"
	const again = "job success\npush checkout Even faster\ncomment alice 1 .deploy to development\njob success\n" +
		"comment alice 1 .deploy to staging\njob success\ncomment alice 1 .deploy to production"
	for name, test := range map[string]struct {
		end, with        string
		requests, rounds int
	}{
		"main":                             {"", "", 11, 7},
		"post":                             {"job success", "", 6, 2},
		"main, tracked":                    {"", tracked, 11, 7}, // the endpoint's word comes before the comment
		"post, tracked":                    {"job success", tracked, 6, 2},
		"main, with a comparison":          {again, "", 13, 7},
		"main, no changelog":               {again, "changelog: false", 12, 7},
		"main, nothing changes":            {"job success\ncomment alice 1 .deploy to production", "", 11, 7},
		"main, no locks, and a comparison": {again, unlocked, 10, 6},
		"main, without locks":              {"", unlocked, 8, 4},
		"post, without locks":              {"job success", unlocked, 5, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, rounds, outputs, log := measure(t, fmt.Sprintf(inOrder, test.end, test.with))
			require.Equal(t, "true", outputs["continue"], log)
			assert.Equal(t, test.requests, requests)
			assert.Equal(t, test.rounds, rounds)
		})
	}
}

// TestVerifiedBudget counts what a verified order asks more than one of our own deployments: the runs of the earlier
// environments, all in one round. Those of pushes take another, to compare their commit with the default branch.
func TestVerifiedBudget(t *testing.T) {
	t.Parallel()
	const pushed = "user alice write\nstep push alice mode=track environment=%s status=success\n" +
		"step push alice mode=track environment=production status=started\n-- with --\nenforced_deployment_order: %s\ndeployment_order_scope: %s\n"
	scoped := func(scope string) string { return fmt.Sprintf(inOrder, "", "deployment_order_scope: "+scope) }
	step := func(scope string) string { return fmt.Sprintf(pushed, "staging", "staging,production", scope) }
	for name, test := range map[string]struct {
		script           string
		requests, rounds int
	}{
		"all":                {scoped("all"), 11, 7},
		"own":                {scoped("own"), 11, 7},
		"verified":           {scoped("verified"), 13, 8}, // two environments
		"tracked, own":       {step("own"), 4, 4},
		"tracked, verified":  {step("verified"), 6, 6},
		"verified, no order": {"user alice write\npush checkout Faster\npull 1 alice checkout\ncomment alice 1 .deploy\n-- with --\ndeployment_order_scope: verified\n", 11, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, rounds, outputs, log := measure(t, test.script)
			require.Contains(t, []string{"continue", "complete"}, outputs["decision"], log)
			assert.Equal(t, test.requests, requests)
			assert.Equal(t, test.rounds, rounds)
		})
	}
}

// TestLockBudget counts what the commands about locks ask of GitHub.
func TestLockBudget(t *testing.T) {
	t.Parallel()
	const script = "user alice write\npush checkout Faster\npull 1 alice checkout\n"
	for name, test := range map[string]struct {
		lines, reason    string
		requests, rounds int
	}{
		"lock":          {"comment alice 1 .lock", "lock_acquired", 7, 5},
		"lock again":    {"comment alice 1 .lock\ncomment alice 1 .lock", "lock_already_owned", 4, 2},
		"global lock":   {"comment alice 1 .lock --global", "lock_acquired", 7, 5},
		"unlock":        {"comment alice 1 .lock\ncomment alice 1 .unlock", "unlock_completed", 5, 3},
		"unlock none":   {"comment alice 1 .unlock", "unlock_completed", 4, 2},
		"info":          {"comment alice 1 .lock\ncomment alice 1 .wcid", "lock_info_completed", 4, 2},
		"locks are off": {"set disable_lock true\ncomment alice 1 .lock", "locking_disabled", 4, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests, rounds, outputs, log := measure(t, script+test.lines+"\n")
			require.Equal(t, test.reason, outputs["reason_code"], log)
			assert.Equal(t, test.requests, requests)
			assert.Equal(t, test.rounds, rounds)
		})
	}
}

// measure plays a story and counts what its last part asks of GitHub.
func measure(t *testing.T, script string) (requests, rounds int, outputs map[string]string, log string) {
	t.Helper()
	story, err := rehearse.ParseStory("budget", []byte(script))
	require.NoError(t, err)
	got := spendOn(t, story, func(p *rehearse.Session) { _, outputs, log = p.Last() })
	return got.requests, got.rounds, outputs, log
}

// BenchmarkDeploy measures one deployment in production behind two others, with its post step.
func BenchmarkDeploy(b *testing.B) {
	story, err := rehearse.ParseStory("benchmark", fmt.Appendf(nil, inOrder, "job success", ""))
	require.NoError(b, err)
	compiled, err := schema()
	require.NoError(b, err)
	requests := 0
	options := rehearse.Options{Schema: compiled, After: func(p *rehearse.Session) { requests = p.Requests() }}
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, rehearse.Run(b.Context(), story, options))
	}
	b.ReportMetric(float64(requests)/3, "requests/deploy")
}
