package track_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// What a person is told to do, by status and code.
func TestRefusalHints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		refusal track.Refusal
		want    string
	}{
		{track.Refusal{Status: 409, Code: "DEPLOYMENT_IN_PROGRESS"}, "Wait until the other deployment has ended, then try again."},
		{track.Refusal{Status: 409, Code: "CONCURRENT_DEPLOYMENT"}, "Wait until the other deployment has ended, then try again."},
		{track.Refusal{Status: 409}, "If another deployment is running, wait until it has ended; if this version exists with another commit, use another version. Then try again."},
		{track.Refusal{Status: 423, Code: "NO_DEPLOY_WINDOW"}, "Deployments are not allowed at this time. Try again later."},
		{track.Refusal{Status: 423, RetryAfter: "2026-11-23T08:00:00Z"}, "Deployments are not allowed at this time. Try again after `2026-11-23T08:00:00Z`."},
		{track.Refusal{Status: 423, RetryAfter: "5400"}, "Deployments are not allowed at this time. Try again in 1h30m0s."},
		{track.Refusal{Status: 423, RetryAfter: "99999999999"}, "Deployments are not allowed at this time. Try again after `99999999999`."},
		{track.Refusal{Status: 428, Code: "FLOW_VIOLATION"}, "Deploy to the required environments first, then try again."},
		{track.Refusal{Status: 428, Code: "INSUFFICIENT_SOAK_TIME", RetryAfter: "60"}, "The version has to run longer where it is now. Try again in 1m0s."},
		{track.Refusal{Status: 428, Code: "APPROVAL_REQUIRED"}, "Get the approval in the tracking service, then try again."},
		{track.Refusal{Status: 428, Code: "QUALITY_APPROVAL_REQUIRED"}, "Get the approval in the tracking service, then try again."},
		{track.Refusal{Status: 428, Code: "SOMETHING_NEW"}, "Do what the message asks for, then try again."},
		{track.Refusal{Status: 428}, "Do what the message asks for, then try again."},
	} {
		t.Run(fmt.Sprint(test.refusal.Status, test.refusal.Code, test.refusal.RetryAfter), func(t *testing.T) {
			t.Parallel()
			test.refusal.State = config.Started
			assert.Equal(t, test.want, test.refusal.Problem().Hint, "%+v", test.refusal)
		})
	}
}

func TestRefusalProblem(t *testing.T) {
	t.Parallel()
	r := track.Refusal{State: config.Started, Status: 423, Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "Not now"}
	assert.Equal(t, "The tracking endpoint does not allow this deployment to start (`NO_DEPLOY_WINDOW`, rule `Weekend`): `Not now`.", r.Problem().Text)
	assert.Equal(t, "tracking endpoint refused (HTTP 423): NO_DEPLOY_WINDOW Not now", r.Error())
	r.Rule = ""
	assert.Equal(t, "The tracking endpoint does not allow this deployment to start (`NO_DEPLOY_WINDOW`): `Not now`.", r.Problem().Text)
	r = track.Refusal{State: config.Pending, Status: 428}
	assert.Equal(t, "The tracking endpoint does not allow this deployment to start.", r.Problem().Text)
	assert.Equal(t, "tracking endpoint refused (HTTP 428):", r.Error())

	for _, over := range []config.Status{config.Completed, config.Failed, config.Aborted} {
		t.Run(fmt.Sprint(over), func(t *testing.T) {
			t.Parallel()
			r := track.Refusal{State: over, Status: 409, Code: "DEPLOYMENT_IN_PROGRESS", Message: "m"}
			assert.Equal(t, "The tracking endpoint did not take the end of this deployment (`DEPLOYMENT_IN_PROGRESS`): `m`.", r.Problem().Text, over)
			assert.Contains(t, r.Problem().Hint, "The deployment itself is over and stays as it is", over)
		})
	}
	assertHarmless(t, (&track.Refusal{Status: 423, Code: hostile, Rule: hostile, Message: hostile, RetryAfter: hostile}).Problem())
	assertHarmless(t, (&track.Refusal{Status: 409, State: config.Completed, Code: hostile, Rule: hostile, Message: hostile}).Problem())
}

func TestFailureProblem(t *testing.T) {
	t.Parallel()
	const again = "Try again. To deploy while the endpoint is out of order, set `fail_on_api_error: false`."
	for _, test := range []struct {
		failure    track.Failure
		text, hint string
	}{
		{track.Failure{Status: 401, Message: "Invalid API key"}, "The tracking endpoint did not record the deployment (HTTP 401): `Invalid API key`.", "Check the input `versioner_api_key`: the key is missing, wrong or revoked."},
		{track.Failure{Status: 403, Message: "No"}, "The tracking endpoint did not record the deployment (HTTP 403): `No`.", "Use a key (input `versioner_api_key`) that may record deployments."},
		{track.Failure{Status: 404}, "The tracking endpoint did not record the deployment (HTTP 404): `Not Found`.", "Check the input `versioner_api_url`."},
		{track.Failure{Status: 302}, "The tracking endpoint did not record the deployment (HTTP 302): `Found`.", "Check the input `versioner_api_url`."},
		{track.Failure{Status: 400, Message: "m"}, "The tracking endpoint did not record the deployment (HTTP 400): `m`.", "Check the inputs `product`, `version` and `environment`."},
		{track.Failure{Status: 422, Message: "m"}, "The tracking endpoint did not record the deployment (HTTP 422): `m`.", "Check the inputs `product`, `version` and `environment`."},
		{track.Failure{Status: 429, Message: "m"}, "The tracking endpoint did not record the deployment (HTTP 429): `m`.", "The endpoint gets too many requests. Wait some minutes, then try again."},
		{track.Failure{Status: 503}, "The tracking endpoint did not record the deployment (HTTP 503): `Service Unavailable`.", again},
		{track.Failure{Message: "connection refused"}, "The tracking endpoint gave no answer: `connection refused`.", again},
	} {
		t.Run(fmt.Sprint(test.failure.Status, test.failure.State, test.failure.Message), func(t *testing.T) {
			t.Parallel()
			test.failure.State = config.Started
			assert.Equal(t, test.text, test.failure.Problem().Text)
			assert.Equal(t, test.hint, test.failure.Problem().Hint, test.text)
		})
	}
	over := track.Failure{State: config.Completed, Status: 503}
	assert.Contains(t, over.Problem().Hint, "The deployment itself is over and stays as it is")
	over.Status = 401
	assert.Contains(t, over.Problem().Hint, "versioner_api_key", "what can be corrected comes first")
	assert.Equal(t, "tracking endpoint answered HTTP 503: Service Unavailable", (&track.Failure{Status: 503}).Error())
	assert.Equal(t, "tracking endpoint gave no answer: EOF", (&track.Failure{Message: "EOF"}).Error())
	assertHarmless(t, (&track.Failure{Status: 400, Message: hostile}).Problem())
	assertHarmless(t, (&track.Failure{Message: hostile}).Problem())
}

func TestDefinite(t *testing.T) {
	t.Parallel()
	assert.True(t, track.Definite(&track.Refusal{}))
	assert.True(t, track.Definite(fmt.Errorf("while starting: %w", errors.Join(&track.Failure{Status: 401}))))
	assert.False(t, track.Definite(nil))
	assert.False(t, track.Definite(errors.New("something else")))
}

func TestRefusalBlock(t *testing.T) {
	t.Parallel()
	r := track.Refusal{Status: 423, Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "Not now", RetryAfter: "60"}
	assert.Equal(t, track.Block{Source: "versioner", Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "Not now", RetryAfter: "60"}, r.Block())
}
