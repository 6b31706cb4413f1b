package rehearse_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The end of a deployment that someone forged is not reported to the tracking endpoint: its run never was, or it names
// the product of another repository of the account.
func TestForgedDeploymentIsNotReported(t *testing.T) {
	t.Parallel()
	for name, payload := range map[string]string{
		"no such run":     `"github_run_id":77,"product":"shop"`,
		"another product": `"github_run_id":9000000001,"product":"billing"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, framed(t, nil, `user alice write
user mallory write
push checkout Faster checkout
pull 1 alice checkout
comment alice 1 .help
forged production checkout mallory in_progress {"type":"branch-deploy","tool":"lockstep","github_run_attempt":1,"version":"9.9.9",`+payload+`}
comment alice 1 .deploy to production
want output continue true
job success
want events started completed
-- with --
product: shop
versioner_api_key: sk_acme_1_rehearsal
`, nil))
		})
	}
}
