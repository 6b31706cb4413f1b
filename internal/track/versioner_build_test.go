package track_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
)

// Builds have an address and a form of their own: no environment, and times only where they are known.
func TestVersionerBuild(t *testing.T) {
	t.Parallel()
	for status, times := range map[config.Status]string{
		config.Pending:   ``,
		config.Started:   `"started_at":"` + at().Format(time.RFC3339) + `",`,
		config.Completed: `"completed_at":"` + at().Format(time.RFC3339) + `",`,
	} {
		body := sent(t, built(status))
		assert.Contains(t, body, `"status":"`+string(status)+`"`, status)
		assert.Contains(t, body, `"build_url":"`, status)
		assert.Contains(t, body, `"built_by":"`, status)
		assert.NotContains(t, body, "environment_name", status)
		assert.NotContains(t, body, "deploy_url", status)
		assert.NotContains(t, body, "github_deployment", status)
		if times == "" {
			assert.NotContains(t, body, "_at\"", status)
		} else {
			assert.Contains(t, body, times, status)
		}
	}
	failed := built(config.Failed)
	failed.Error = "the job failed"
	assert.Contains(t, sent(t, failed), `"error_message":"the job failed"`)
}
