package sim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

const (
	deploymentEvents = "/deployment-events/"
	buildEvents      = "/build-events/"
)

// event is a deployment event with the fields that are required, and more on top.
func event(status string, more map[string]any) map[string]any {
	body := map[string]any{"product_name": "shop", "version": "1.2.3", "environment_name": "production", "status": status}
	maps.Copy(body, more)
	return body
}

func build(status string) map[string]any {
	return map[string]any{"product_name": "shop", "version": "1.2.3", "status": status}
}

// post sends an event with the right key.
func post(t *testing.T, v *sim.Versioner, path string, body any) (int, any) {
	t.Helper()
	response := send(t, versionerClient(v), eventRequest(t, path, body))
	return response.StatusCode, read(t, response)
}

func versionerClient(v *sim.Versioner) *http.Client {
	return &http.Client{Transport: sim.Network{"api.versioner.io": v}}
}

func eventRequest(t *testing.T, path string, body any) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.versioner.io"+path, strings.NewReader(string(encode(t, body))))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer sk_key")
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestDeploymentEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := sim.NewVersioner("sk_key")
		began := time.Now()
		now := began.UTC().Format(time.RFC3339)
		status, started := post(t, v, deploymentEvents, event("in_progress", map[string]any{
			"scm_sha": "abc", "deployed_by": "alice", "deploy_url": "https://log.example", "extra_metadata": map[string]any{"n": 1},
		}))
		assert.Equal(t, http.StatusCreated, status)
		includes(t, `{"product_name": "shop", "version": "1.2.3", "environment_name": "production", "status": "started", "deployed_at": "`+now+`",
			"deployed_by": "alice", "deploy_url": "https://log.example", "completed_at": null, "extra_metadata": {"n": 1}}`, started)
		time.Sleep(time.Minute)
		_, completed := post(t, v, deploymentEvents, event("SUCCESS", map[string]any{"completed_at": now}))
		includes(t, `{"status": "completed", "completed_at": "`+now+`"}`, completed)
		for _, name := range []string{"id", "product_id", "version_id", "environment_id"} {
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`, at(started, name))
			assert.Equal(t, at(started, name), at(completed, name), "both are about one %s", name)
		}

		events := v.Events()
		require.Len(t, events, 2)
		assert.Equal(t, []string{"started", "completed"}, []string{events[0].State, events[1].State})
		assert.Equal(t, deploymentEvents, events[0].Path)
		assert.Equal(t, began, events[0].Received)
		assert.Equal(t, "Bearer sk_key", events[0].Header.Get("Authorization"))
		var body map[string]any
		require.NoError(t, json.Unmarshal(events[1].Body, &body))
		assert.Equal(t, "SUCCESS", body["status"], "bodies are kept as they were sent")
		assert.Empty(t, v.Violations())
	})
}

func TestBuildEvents(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	status, answer := post(t, v, buildEvents, build("built"))
	assert.Equal(t, http.StatusCreated, status)
	includes(t, `{"version": "1.2.3", "status": "completed", "build_number": null}`, answer)
	assert.Equal(t, "completed", v.Events()[0].State)
}

func TestEventStates(t *testing.T) {
	for status, want := range map[string]string{
		"pending": "pending", "queued": "pending", "scheduled": "pending", "started": "started", "init": "started", "complete": "completed",
		"finished": "completed", "fail": "failed", "failure": "failed", "error": "failed", "abort": "aborted", "cancelled": "aborted",
		"skipped": "aborted", "Success\t": "completed", "deploying": "started", "deployed": "completed",
	} {
		t.Run(status, func(t *testing.T) {
			v := sim.NewVersioner("sk_key")
			code, _ := post(t, v, deploymentEvents, event(status, nil))
			require.Equal(t, http.StatusCreated, code, status)
			assert.Equal(t, want, v.Events()[0].State, status)
		})
	}
	for _, status := range []string{"canceled", "neutral", "building", "built", ""} {
		t.Run(status, func(t *testing.T) {
			code, answer := post(t, sim.NewVersioner("sk_key"), deploymentEvents, event(status, nil))
			assert.Equal(t, http.StatusUnprocessableEntity, code, status)
			assert.Equal(t, []any{"body", "status"}, at(answer, "detail", 0, "loc"), status)
		})
	}
	code, _ := post(t, sim.NewVersioner("sk_key"), buildEvents, build("deployed"))
	assert.Equal(t, http.StatusUnprocessableEntity, code, "builds have words of their own")
}

func TestEventsThatAreRefused(t *testing.T) {
	v := sim.NewVersioner("sk_key")
	without := func(name string) map[string]any {
		body := event("started", nil)
		delete(body, name)
		return body
	}
	for name, test := range map[string]struct {
		path string
		body any
		want int
		json string
	}{
		"no slash at the end":    {"/deployment-events", event("started", nil), 404, `{"detail": "Not Found"}`},
		"stale path":             {"/version-events/", event("started", nil), 404, `{"detail": "Not Found"}`},
		"no JSON":                {deploymentEvents, "{", 400, `{"detail": "~parsing"}`},
		"no product":             {deploymentEvents, without("product_name"), 422, `{"detail": [{"loc": ["body", "product_name"], "msg": "Field required", "type": "missing"}]}`},
		"no environment":         {deploymentEvents, without("environment_name"), 422, `{"detail": [{"loc": ["body", "environment_name"]}]}`},
		"empty version":          {deploymentEvents, event("started", map[string]any{"version": ""}), 422, `{"detail": [{"type": "string_too_short"}]}`},
		"number for a text":      {deploymentEvents, event("started", map[string]any{"build_number": 7}), 422, `{"detail": [{"loc": ["body", "build_number"], "type": "string_type"}]}`},
		"null for an address":    {deploymentEvents, event("started", map[string]any{"deployed_by_email": nil}), 422, `{"detail": [{"loc": ["body", "deployed_by_email"]}]}`},
		"no address":             {deploymentEvents, event("started", map[string]any{"deployed_by_email": "alice"}), 422, `{"detail": [{"type": "value_error"}]}`},
		"list for metadata":      {deploymentEvents, event("started", map[string]any{"extra_metadata": []any{}}), 422, `{"detail": [{"type": "dict_type"}]}`},
		"time in another form":   {deploymentEvents, event("failed", map[string]any{"completed_at": "today"}), 422, `{"detail": [{"type": "datetime_parsing"}]}`},
		"two mistakes, one list": {deploymentEvents, map[string]any{"product_name": "a", "environment_name": "b"}, 422, `{"detail": [{"loc": ["body", "version"]}, {"loc": ["body", "status"]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := post(t, v, test.path, test.body)
			assert.Equal(t, test.want, status, name)
			includes(t, test.json, answer)
		})
	}
	assert.Empty(t, v.Events())
	assert.Len(t, v.Requests(), 12)
}

func TestWhoSendsEvents(t *testing.T) {
	v := sim.NewVersioner("sk_key")
	for name, test := range map[string]struct {
		header, value string
		want          int
		json          string
	}{
		"no key":       {"Authorization", "", 401, `{"detail": "Not authenticated"}`},
		"wrong key":    {"Authorization", "Bearer sk_other", 401, `{"detail": "Invalid API key"}`},
		"wrong scheme": {"Authorization", "token sk_key", 401, `{"detail": "Invalid API key"}`},
		"no JSON":      {"Content-Type", "text/plain", 422, `{"detail": [{"type": "content_type"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := eventRequest(t, deploymentEvents, event("started", nil))
			r.Header.Set(test.header, test.value)
			response := send(t, versionerClient(v), r)
			assert.Equal(t, test.want, response.StatusCode, name)
			includes(t, test.json, read(t, response))
		})
	}
	r := eventRequest(t, deploymentEvents, event("started", nil))
	r.Method = http.MethodGet
	assert.Equal(t, http.StatusMethodNotAllowed, send(t, versionerClient(v), r).StatusCode)
	assert.Empty(t, v.Events())
}

func TestUnknownEventFields(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	status, _ := post(t, v, deploymentEvents, event("started", map[string]any{"skip_preflight_checks": true}))
	assert.Equal(t, http.StatusCreated, status)
	assert.Equal(t, []string{`POST /deployment-events/: unknown field "skip_preflight_checks"`}, v.Violations())
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	window := sim.Refusal{
		Status: 423, Code: "NO_DEPLOY_WINDOW", Rule: "weekend", Message: "No deployments now", RetryAfter: "2026-11-23T09:00:00Z",
		Details: map[string]any{"window_name": "Weekend"},
	}
	bare := window
	bare.Form = sim.BareRefusal
	v.Refuse(window)
	v.Refuse(bare)
	v.Refuse(sim.Refusal{Status: 428, Message: "just text", Form: sim.TextRefusal})
	const body = `{"error": "Locked", "code": "NO_DEPLOY_WINDOW", "message": "No deployments now", "retry_after": "2026-11-23T09:00:00Z",
		"details": {"rule_name": "weekend", "window_name": "Weekend"}}`

	status, _ := post(t, v, deploymentEvents, event("pending", nil))
	assert.Equal(t, http.StatusCreated, status, "only starts are refused")
	for _, want := range []struct {
		status int
		json   string
	}{{423, `{"detail": ` + body + `}`}, {423, body}, {428, `{"detail": "just text"}`}} {
		status, answer := post(t, v, deploymentEvents, event("started", nil))
		assert.Equal(t, want.status, status)
		includes(t, want.json, answer)
	}
	status, _ = post(t, v, deploymentEvents, event("started", nil))
	assert.Equal(t, http.StatusCreated, status, "each refusal is for one start")
	assert.Len(t, v.Events(), 2, "what was refused is not recorded")

	v.Refuse(sim.Refusal{Status: 428, Times: -1})
	for range 3 {
		status, _ = post(t, v, deploymentEvents, event("started", map[string]any{"environment_name": "other"}))
		assert.Equal(t, 428, status)
	}
	status, _ = post(t, v, buildEvents, build("started"))
	assert.Equal(t, http.StatusCreated, status, "builds have no preflight")
}

func TestDeploymentInProgress(t *testing.T) {
	for _, ending := range []string{"completed", "failed", "aborted"} {
		t.Run(ending, func(t *testing.T) {
			v := sim.NewVersioner("sk_key")
			_, first := post(t, v, deploymentEvents, event("started", nil))
			for _, version := range []string{"1.2.3", "1.2.4"} {
				t.Run(version, func(t *testing.T) {
					status, answer := post(t, v, deploymentEvents, event("started", map[string]any{"version": version}))
					assert.Equal(t, http.StatusConflict, status)
					includes(t, fmt.Sprintf(`{"detail": {"code": "DEPLOYMENT_IN_PROGRESS", "details": {"conflicting_deployment_id": %q,
						"conflicting_deployment_status": "started", "conflicting_deployment_started": %q}}}`, at(first, "id"), at(first, "deployed_at")), answer)
				})
			}
			for name, more := range map[string]map[string]any{
				"environment": {"environment_name": "staging"}, "product": {"product_name": "other"},
			} {
				t.Run(name, func(t *testing.T) {
					status, _ := post(t, v, deploymentEvents, event("started", more))
					assert.Equal(t, http.StatusCreated, status, "another %s", name)
				})
			}
			status, _ := post(t, v, deploymentEvents, event(ending, nil))
			assert.Equal(t, http.StatusCreated, status)
			status, again := post(t, v, deploymentEvents, event("started", nil))
			assert.Equal(t, http.StatusCreated, status, ending)
			assert.NotEqual(t, at(first, "id"), at(again, "id"))
		})
	}
}

func TestVersionsAreImmutable(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	for _, test := range []struct {
		sha  string
		want int
	}{{"", 201}, {"abc", 201}, {"abc", 201}, {"def", 409}, {"", 201}} {
		body := build("completed")
		if test.sha != "" {
			body["scm_sha"] = test.sha
		}
		status, answer := post(t, v, buildEvents, body)
		require.Equal(t, test.want, status)
		if test.want == 409 {
			includes(t, `{"detail": "Version 1.2.3 already exists with different SHA"}`, answer)
		}
	}
	assert.Len(t, v.Events(), 4)
}

func TestVersionerFails(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	v.Fail(sim.Fault{Status: 503, Body: `{"detail": "down"}`})
	v.Fail(sim.Fault{Path: "/deployment-events/", After: true, Status: 504})
	status, answer := post(t, v, deploymentEvents, event("started", nil))
	assert.Equal(t, 503, status)
	includes(t, `{"detail": "down"}`, answer)
	assert.Empty(t, v.Events())

	r := send(t, versionerClient(v), eventRequest(t, deploymentEvents, event("started", nil)))
	assert.Equal(t, 504, r.StatusCode)
	assert.Len(t, v.Events(), 1)
	status, answer = post(t, v, deploymentEvents, event("started", nil))
	assert.Equal(t, http.StatusConflict, status, "the first one was taken")
	includes(t, `{"detail": {"code": "DEPLOYMENT_IN_PROGRESS"}}`, answer)
}

// Rules that are only reported are in the answer to a start, next to one that is kept.
func TestReportOnlyRules(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	v.ReportOnly("soak", "staging needs 24 hours")
	v.ReportOnly("window", "it is Friday")
	status, answer := post(t, v, deploymentEvents, event("started", map[string]any{"extra_metadata": map[string]any{"n": 1}}))
	assert.Equal(t, http.StatusCreated, status)
	includes(t, `{"extra_metadata": {"n": 1, "preflight_status": {"rules_evaluated": [
		{"status": "enabled", "evaluation_result": "passed"},
		{"rule_name": "soak", "error_message": "staging needs 24 hours", "status": "report_only", "evaluation_result": "failed"},
		{"rule_name": "window", "error_message": "it is Friday", "status": "report_only", "evaluation_result": "failed"}
	]}}}`, answer)
	for _, body := range []map[string]any{event("completed", nil), event("pending", nil)} {
		_, answer = post(t, v, deploymentEvents, body)
		assert.Nil(t, at(answer, "extra_metadata"), "only starts are judged")
	}
	_, answer = post(t, v, buildEvents, build("started"))
	assert.Nil(t, at(answer, "extra_metadata"), "builds have no rules")
}

// Every form of a refusal, for every event if need be.
func TestFormsOfRefusals(t *testing.T) {
	for form, want := range map[sim.RefusalForm]string{
		sim.WrappedRefusal: `{"detail": {"code": "C", "message": "no", "retry_after": null, "details": {"rule_name": "r"}}}`,
		sim.BareRefusal:    `{"code": "C", "message": "no", "details": {"rule_name": "r"}}`,
		sim.TextRefusal:    `{"detail": "no"}`,
		sim.ListRefusal:    `{"detail": [{"loc": ["body", "status"], "msg": "no", "type": "value_error"}]}`,
	} {
		t.Run(string(form), func(t *testing.T) {
			v := sim.NewVersioner("sk_key")
			v.Refuse(sim.Refusal{Status: 428, Code: "C", Message: "no", Rule: "r", Form: form, Any: true, Times: 2})
			for path, body := range map[string]map[string]any{deploymentEvents: event("completed", nil), buildEvents: build("started")} {
				t.Run(path, func(t *testing.T) {
					status, answer := post(t, v, path, body)
					assert.Equal(t, 428, status)
					includes(t, want, answer)
				})
			}
			status, _ := post(t, v, buildEvents, build("started"))
			assert.Equal(t, http.StatusCreated, status)
			assert.Len(t, v.Events(), 1)
			assert.Equal(t, "build", v.Events()[0].Kind)
		})
	}
}

// A build says all that the interface documents, and gets the ids of what it is about.
func TestCompleteBuildEvents(t *testing.T) {
	v := sim.NewVersioner("sk_key")
	body := build("failed")
	for _, name := range []string{
		"scm_repository", "scm_branch", "scm_sha", "source_system", "build_number", "invoke_id", "build_url",
		"built_by", "built_by_name", "error_message", "error_code",
	} {
		body[name] = "x"
	}
	body["built_by_email"] = "alice@example.com"
	body["started_at"], body["completed_at"] = "2026-11-20T11:00:00Z", "2026-11-20T11:06:00Z"
	body["extra_metadata"] = map[string]any{"vi_gh_job": "build"}
	status, answer := post(t, v, buildEvents, body)
	assert.Equal(t, http.StatusCreated, status)
	includes(t, `{"version": "1.2.3", "status": "failed", "build_number": "x", "build_url": "x", "completed_at": "2026-11-20T11:06:00Z"}`, answer)
	_, deployed := post(t, v, deploymentEvents, event("completed", nil))
	for _, name := range []string{"version_id", "product_id"} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, at(deployed, name), at(answer, name), "both are about one %s", name)
			assert.NotEmpty(t, at(answer, name))
		})
	}
	assert.NotEqual(t, at(deployed, "id"), at(answer, "id"))
	assert.Empty(t, v.Violations())
	for _, name := range []string{"environment_name", "deploy_url", "deployed_by", "deployed_by_email", "deployed_by_name"} {
		t.Run(name, func(t *testing.T) {
			body := build("started")
			body[name] = "a@b"
			_, _ = post(t, v, buildEvents, body)
		})
	}
	assert.Len(t, v.Violations(), 5, "those are of deployments")
}

func TestEndsBeforeTheEnd(t *testing.T) {
	t.Parallel()
	const moment = "2026-11-20T11:06:00Z"
	for status, want := range map[string]int{"pending": 1, "started": 1, "completed": 0, "failed": 0, "aborted": 0} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			v := sim.NewVersioner("sk_key")
			_, _ = post(t, v, deploymentEvents, event(status, map[string]any{"completed_at": moment}))
			assert.Len(t, v.Violations(), want, status)
		})
	}
}

func TestVersionerRecovers(t *testing.T) {
	t.Parallel()
	v := sim.NewVersioner("sk_key")
	v.Fail(sim.Fault{Status: 500, Times: -1})
	status, _ := post(t, v, buildEvents, build("started"))
	assert.Equal(t, 500, status)
	v.Recover()
	status, _ = post(t, v, buildEvents, build("started"))
	assert.Equal(t, http.StatusCreated, status)
}
