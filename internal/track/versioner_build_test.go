package track_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Builds have an address and a form of their own: no environment, and times only where they are known.
func TestVersionerBuild(t *testing.T) {
	t.Parallel()
	for status, times := range map[config.Status]string{
		config.Pending:   ``,
		config.Started:   `"started_at":"` + at().Format(time.RFC3339) + `",`,
		config.Completed: `"completed_at":"` + at().Format(time.RFC3339) + `",`,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
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
		})
	}
	const want = `{"product_name":"shop","version":"v1.2.3","status":"completed","scm_repository":"acme/shop","scm_sha":"` + deployedSHA + `",` +
		`"scm_branch":"main","source_system":"github","build_number":"45","invoke_id":"123","build_url":"https://github.com/acme/shop/actions/runs/123",` +
		`"built_by":"octocat","built_by_email":"ada@example.com","built_by_name":"Ada","completed_at":"2026-11-21T10:00:00Z","extra_metadata":{` +
		`"vi_gh_event_name":"push","vi_gh_job":"deploy","vi_gh_ref":"refs/heads/main","vi_gh_run_attempt":"1","vi_gh_workflow":"Deploy"}}`
	assert.JSONEq(t, want, sent(t, built(config.Completed)))
	for _, address := range []string{base, base + "/"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			server := answering(201, recorded)
			require.NoError(t, track.NewVersioner(address, key, options(server)).Send(t.Context(), built(config.Started)))
			assert.Equal(t, []string{"POST https://versioner.example/build-events/"}, server.urls)
		})
	}
	failed := built(config.Failed)
	failed.Error = "the job failed"
	assert.Contains(t, sent(t, failed), `"error_message":"the job failed"`)
}
