package track_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

// sent is the body of an event as it goes out.
func sent(t *testing.T, e track.Event) string {
	t.Helper()
	server := answering(201, recorded)
	require.NoError(t, track.NewVersioner(base, key, options(server)).Send(t.Context(), e))
	require.Len(t, server.bodies, 1)
	return server.bodies[0]
}

// The commit is the one that is deployed, not the one whose workflow runs; ends have a time.
func TestBody(t *testing.T) {
	t.Parallel()
	const (
		head = `{"product_name":"shop","version":"v1.2.3","environment_name":"production","status":"`
		mid  = `","scm_repository":"acme/shop","scm_sha":"` + deployedSHA + `","scm_branch":"main","source_system":"github",` +
			`"build_number":"45","invoke_id":"123","deploy_url":"https://github.com/acme/shop/actions/runs/123",` +
			`"deployed_by":"octocat","deployed_by_email":"ada@example.com","deployed_by_name":"Ada",`
		tail = `"vi_gh_event_name":"push","vi_gh_job":"deploy","vi_gh_ref":"refs/heads/main","vi_gh_run_attempt":"1","vi_gh_workflow":"Deploy"}}`
		end  = `"completed_at":"2026-11-21T10:01:30Z","extra_metadata":{"deployment_duration_seconds":90,`
	)
	for status, want := range map[config.Status]string{
		config.Pending:   head + "pending" + mid + `"extra_metadata":{` + tail,
		config.Started:   head + "started" + mid + `"extra_metadata":{` + tail,
		config.Completed: head + "completed" + mid + end + tail,
		config.Failed:    head + "failed" + mid + end + `"error":"the job failed",` + tail,
		config.Aborted:   head + "aborted" + mid + end + `"error":"the job was cancelled",` + tail,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			r, l := push()
			a := plan.RecordEvent{Status: status}
			switch status {
			case config.Failed:
				a.Message = "the job failed"
			case config.Aborted:
				a.Message = "the job was cancelled"
			case config.Pending, config.Started, config.Completed:
			}
			assert.Equal(t, want, sent(t, track.NewEvent(r, l, a, at().Add(90*time.Second))), status)
		})
	}
}

func TestBodyMetadata(t *testing.T) {
	t.Parallel()
	r, l := push()
	r.Event.Pull, l.DeploymentID = 12, 9007199254740993
	e := track.NewEvent(r, l, plan.RecordEvent{Status: config.Completed}, at())
	e.Change = track.Rollback
	body := sent(t, e)
	assert.Contains(t, body, `"extra_metadata":{"github_deployment_change":"rollback","github_deployment_id":9007199254740993,"pull_request":12,"vi_`)
	assert.NotContains(t, body, "deployment_duration_seconds", "a step that only records the end does not know how long it took")
}

// A pull request's own events name its two branches, and what ran before is where a rollback leads.
func TestBodyMetadataOfBranches(t *testing.T) {
	t.Parallel()
	r, l := push()
	assert.NotContains(t, sent(t, track.NewEvent(r, l, plan.RecordEvent{Status: config.Started}, at())), "vi_gh_head_ref")
	r.Event.HeadRef, r.Event.BaseRef = "topic", "main"
	e := track.NewEvent(r, l, plan.RecordEvent{Status: config.Started}, at())
	e.Previous = track.Previous{SHA: workflowSHA, Version: "v1.2.2"}
	body := sent(t, e)
	assert.Contains(t, body, `"vi_gh_base_ref":"main"`)
	assert.Contains(t, body, `"vi_gh_head_ref":"topic"`)
	assert.Contains(t, body, `"extra_metadata":{"rollback_version":"v1.2.2",`)
}

// Nothing is sent as null, empty or zero when it is not known.
func TestBodyOfLittle(t *testing.T) {
	t.Parallel()
	e := track.NewEvent(deploy.Request{}, plan.Ledger{Product: "shop", Version: "1"}, plan.RecordEvent{Status: config.Started}, at())
	e.SCM.Repository = ""
	want := `{"product_name":"shop","version":"1","environment_name":"","status":"started","source_system":"github","extra_metadata":{}}`
	assert.Equal(t, want, sent(t, e))
	r, l := push()
	r.Event.Author.Email, r.Event.Author.Name = "", ""
	body := sent(t, track.NewEvent(r, l, plan.RecordEvent{Status: config.Started}, at()))
	assert.NotContains(t, body, "deployed_by_email")
	assert.NotContains(t, body, "deployed_by_name")
	assert.NotContains(t, body, "null")
	assert.NotContains(t, body, workflowSHA)
}

// What the workflow says counts more than what we know by ourselves.
func TestBodyMetadataOfTheWorkflow(t *testing.T) {
	t.Parallel()
	e := announced(config.Started)
	var err error
	e.Metadata, _, err = track.ParseMetadata(`{"region":"eu","vi_gh_job":"mine","api_key":"hush"}`)
	require.NoError(t, err)
	e.Change = track.Redeploy
	body := sent(t, e)
	assert.Contains(t, body, `"extra_metadata":{"github_deployment_change":"redeploy","region":"eu","vi_gh_event_name":"push","vi_gh_job":"mine",`)
	assert.NotContains(t, body, "hush")
}

// The version to go back to is what ran before, where that is known.
func TestBodyRollbackVersion(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*track.Event){
		`"rollback_version":"v1.2.2"`:              func(e *track.Event) { e.Previous.Version = "v1.2.2" },
		`"rollback_version":"` + workflowSHA + `"`: func(e *track.Event) { e.Version = e.SCM.SHA },
		`"extra_metadata":{"vi_gh_event_name"`:     func(*track.Event) {},
		`"rollback_version":"mine"`: func(e *track.Event) {
			e.Previous.Version = "v1.2.2"
			e.Metadata, _, _ = track.ParseMetadata(`{"rollback_version":"mine"}`)
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			e := announced(config.Started)
			e.Previous.SHA = workflowSHA
			change(&e)
			assert.Contains(t, sent(t, e), want)
		})
	}
}

func TestVersionerWants(t *testing.T) {
	t.Parallel()
	v := track.NewVersioner(base, key, options(nil))
	assert.Equal(t, "versioner", v.Name())
	for _, status := range []config.Status{config.Pending, config.Started, config.Completed, config.Failed, config.Aborted} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			assert.True(t, v.Wants(announced(status)), status)
			assert.True(t, v.Wants(built(status)), status)
		})
	}
	assert.False(t, v.Wants(announced(track.Blocked)))
}
