package app_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
)

// A finishing job has to be given the secrets of the start. What goes without says so, and is as strict as the start.
func TestFinishWithoutSecrets(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	const tracked = "set skip_completing true\nset versioner_api_key sk_acme_1_rehearsal\n"
	const missing = "want log Give it the input `versioner_api_key`\nwant output tracking_status not_recorded\n" +
		"want deployment production success\nwant no lock production\nwant events started\nwant comment Deployment Results ✅\n"
	for name, script := range map[string]string{
		"a failure never counts":    tracked + "set fail_on_api_error false\ncomment alice 1 .deploy\nfinish success bare\nwant exit 0\n" + missing,
		"a failed start counts":     tracked + "comment alice 1 .deploy\nfinish success bare\nwant exit 0\n" + missing,
		"every failure counts":      tracked + "set fail_on_api_error always\ncomment alice 1 .deploy\nfinish success bare\nwant exit 1\n" + missing,
		"made up for":               tracked + "comment alice 1 .deploy\nfinish failure bare\nwant events started\nfinish failure bare versioner_api_key=sk_acme_1_rehearsal\nwant exit 0\nwant events failed\n",
		"another address":           tracked + "comment alice 1 .deploy\nfinish success bare versioner_api_key=sk_acme_1_rehearsal versioner_api_url=https://elsewhere.example\nwant events started completed\n",
		"a key that no start used":  "set skip_completing true\ncomment alice 1 .deploy\nfinish success bare versioner_api_key=sk_acme_1_rehearsal\nwant exit 0\nwant events none\n",
		"post part without the key": "set versioner_api_key sk_acme_1_rehearsal\npost versioner_api_key\ncomment alice 1 .deploy\njob success\nwant exit 0\nwant log Give it the input `versioner_api_key`\nwant events started\n",
		"receiver without its key": "set skip_completing true\nset slack_webhook_url https://hooks.slack.com/services/T0REHEARSAL/B0REHEARSAL/rehearsal\n" +
			"comment alice 1 .deploy\nwant slack production\nfinish success bare\nwant exit 0\nwant log Give it the input `slack_webhook_url`\nwant slack none\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story, err := rehearse.ParseStory(t.Name(), []byte(scene+script))
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				require.NoError(t, rehearse.Run(t.Context(), story, rehearse.Options{Schema: schema}))
			})
		})
	}
}
