package message_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/template"
)

// A result says how the application answered.
func TestResultWithHealth(t *testing.T) {
	t.Parallel()
	well := deploy.HealthResult{URL: "https://app.example.com/health", Answers: []string{"503", "200"}, Result: deploy.Healthy}
	bad := deploy.HealthResult{URL: "https://app.example.com/version", Answers: []string{"200 without 4f2a9c1", "200 without 4f2a9c1"}, Result: deploy.Unhealthy}
	evil := deploy.HealthResult{URL: "https://" + hostile, Answers: []string{hostile}, Result: deploy.Unhealthy}
	for name, test := range map[string]struct {
		status config.Status
		health deploy.Health
	}{
		"passed":  {config.Completed, deploy.Health{Results: []deploy.HealthResult{well}}},
		"failed":  {config.Failed, deploy.Health{Results: []deploy.HealthResult{well, bad}}},
		"unread":  {config.Failed, deploy.Health{Problem: "the rules file .github/lockstep.yml at 9035524 could not be read"}},
		"stopped": {config.Aborted, deploy.Health{Stopped: true}},
		"hostile": {config.Failed, deploy.Health{Results: []deploy.HealthResult{evil}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := map[config.Status]string{config.Completed: "success", config.Failed: "failure", config.Aborted: "cancelled"}[test.status]
			golden(t, "result-health-"+name, message.Result(subject(), message.Ending{Status: test.status, RawStatus: raw, At: at(), Health: &test.health}))
		})
	}
}

// A template of one's own does not hide why the deployment failed.
func TestTemplateWithFailedHealth(t *testing.T) {
	t.Parallel()
	parsed, err := template.Parse("It is a {{ status }}.")
	require.NoError(t, err)
	bad := &deploy.Health{Results: []deploy.HealthResult{{URL: "https://a.example", Answers: []string{"503"}, Result: deploy.Unhealthy}}}
	got := message.Result(subject(), message.Ending{Status: config.Failed, RawStatus: "failure", At: at(), Template: &parsed, Health: bad})
	assert.Equal(t, "It is a failure.\n\n**Health check:** `a.example` answered 503\n", got)
}
