package rehearse_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

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
	const tracked = "versioner_api_key: sk_acme_1_rehearsal"
	for name, test := range map[string]struct {
		end, with        string
		requests, rounds int
	}{
		"main":          {"", "", 6, 4},
		"post":          {"job success", "", 4, 1},
		"main, tracked": {"", tracked, 6, 5}, // the endpoint's word comes before the comment
		"post, tracked": {"job success", tracked, 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, err := rehearse.ParseStory(name, fmt.Appendf(nil, inOrder, test.end, test.with))
			require.NoError(t, err)
			compiled, err := schema()
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				options := rehearse.Options{Schema: compiled, Wait: time.Sleep, Latency: 100 * time.Millisecond}
				options.After = func(p *rehearse.Play) {
					_, outputs, log := p.Last()
					require.Equal(t, "true", outputs["continue"], log)
					assert.Len(t, p.GitHub.Requests(), test.requests)
					assert.Equal(t, test.rounds, p.GitHub.Rounds())
				}
				require.NoError(t, rehearse.Run(t.Context(), story, options))
			})
		})
	}
}

// BenchmarkDeploy measures one deployment in production behind two others, with its post step.
func BenchmarkDeploy(b *testing.B) {
	story, err := rehearse.ParseStory("benchmark", fmt.Appendf(nil, inOrder, "job success", ""))
	require.NoError(b, err)
	compiled, err := schema()
	require.NoError(b, err)
	requests := 0
	options := rehearse.Options{Schema: compiled, After: func(p *rehearse.Play) { requests = p.Requests() }}
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, rehearse.Run(b.Context(), story, options))
	}
	b.ReportMetric(float64(requests)/3, "requests/deploy")
}
