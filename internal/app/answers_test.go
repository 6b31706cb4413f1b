package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
	"github.com/lockstep-action/lockstep/internal/sim"
)

// GitHub's answers to the creation of a deployment, and what the run leaves behind after each. The lock is
// free again whatever happened, and no deployment looks as if it were still running.
func TestAnswersToTheDeployment(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	const deployments, statuses = "/repos/*/*/deployments", "/repos/*/*/deployments/*/statuses"
	for name, test := range map[string]struct {
		fault   sim.Fault
		reason  string
		heading string
		states  string // of the deployments that were created
	}{
		"something else": {
			sim.Fault{Method: "POST", Path: deployments, Status: 202, Body: `{"message":"Accepted"}`, Times: -1},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "",
		},
		"merged": {
			sim.Fault{Method: "POST", Path: deployments, Status: 202, Body: `{"message":"Auto-merged main into feature on deployment."}`},
			"base_branch_update_required", "### ⚠️ Deployment Warning", "",
		},
		"conflict": {
			sim.Fault{Method: "POST", Path: deployments, Status: 409, Body: `{"message":"Conflict merging main into feature."}`},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "",
		},
		"invalid": {
			sim.Fault{Method: "POST", Path: deployments, Status: 422, Body: `{"message":"No ref found"}`},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "",
		},
		"forbidden": {
			sim.Fault{Method: "POST", Path: deployments, Status: 403, Body: `{"message":"Resource not accessible by integration"}`},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "",
		},
		"no number": {
			sim.Fault{Method: "POST", Path: deployments, Status: 201, Body: `{}`, Times: -1},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "",
		},
		"no status": {
			sim.Fault{Method: "POST", Path: statuses, Status: 500, Times: 2},
			"unexpected_error", "### ⚠️ Cannot proceed with deployment", "error",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				person := crowd(t, github, ".deploy", 1)[0]
				github.Fail(test.fault)
				person.main(t)
				require.NoError(t, person.unread)

				assert.Equal(t, test.reason, person.outputs["reason_code"], person.log.String())
				assert.Equal(t, test.reason == "unexpected_error", person.exit == 1)
				assert.NotContains(t, person.outputs, "continue")
				assert.Empty(t, holder(t, github, "production-branch-deploy-lock"))
				assert.Equal(t, test.states, newestStates(github))
				comments := github.Comments(1)
				assert.Contains(t, comments[len(comments)-1].Body, test.heading)
				assert.Equal(t, []string{"-1"}, reactions(comments[0]))

				requests := len(github.Requests())
				assert.Zero(t, person.app().Post(t.Context()))
				assert.Len(t, github.Requests(), requests, "there is nothing left to end")
			})
		})
	}
}

// newestStates joins the newest state of each deployment.
func newestStates(github *sim.GitHub) string {
	var states []string
	for _, deployment := range github.Deployments("") {
		state := "pending"
		if len(deployment.Statuses) > 0 {
			state = deployment.Statuses[0].State
		}
		states = append(states, state)
	}
	return strings.Join(states, " ")
}

func reactions(comment sim.Comment) []string {
	var all []string
	for _, reaction := range comment.Reactions {
		all = append(all, reaction.Content)
	}
	return all
}

// tracking keeps what GitHub is asked to create or to set.
type tracking struct {
	github *sim.GitHub
	bodies []string
}

func (h *tracking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil && r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/deployments") {
		h.bodies = append(h.bodies, string(body))
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.github.ServeHTTP(w, r)
}

// What GitHub is told of a deployment, on the wire: nothing is left to its own defaults.
func TestDeploymentOnTheWire(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	rollback := map[string]string{"INPUT_DEPLOYMENT_AUTO_MERGE": "true", "INPUT_UPDATE_BRANCH": "warn"}
	for name, test := range map[string]struct {
		command, ref string
		with         map[string]string
		want         string // but for ref and payload
		url          string
	}{
		"plain": {".deploy", "feature", nil, `{"environment":"production","auto_merge":false,"required_contexts":[],"production_environment":true}`, ""},
		"another production": {
			".deploy", "feature",
			map[string]string{"INPUT_PRODUCTION_ENVIRONMENTS": "live", "INPUT_ENVIRONMENT_URLS": "Production|https://shop.example,staging|https://b.example"},
			`{"environment":"production","auto_merge":false,"required_contexts":[],"production_environment":false}`, "https://shop.example",
		},
		"with contexts": {
			".deploy staging", "feature",
			map[string]string{"INPUT_REQUIRED_CONTEXTS": "ci/test, ", "INPUT_PRODUCTION_ENVIRONMENTS": "Staging", "INPUT_ENVIRONMENT_URLS": "staging|disabled"},
			`{"environment":"staging","auto_merge":false,"required_contexts":["ci/test"],"production_environment":true}`, "",
		},
		"merging": {
			".deploy", "feature",
			map[string]string{"INPUT_DEPLOYMENT_AUTO_MERGE": "true"},
			`{"environment":"production","auto_merge":true,"required_contexts":[],"production_environment":true}`, "",
		},
		"rollback": {".deploy main", "main", rollback, `{"environment":"production","auto_merge":false,"required_contexts":[],"production_environment":true}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				person := crowd(t, github, test.command, 1)[0]
				github.Check(sim.Check{Name: "ci/test", Commit: github.Head("feature"), State: "success"})
				maps.Copy(person.variables, test.with)
				wire := &tracking{github: github}
				person.transport = sim.Network{"api.github.com": wire}
				person.main(t)
				require.Equal(t, "deployment_ready", person.outputs["reason_code"], person.log.String())
				require.Len(t, wire.bodies, 2)

				created := fields(t, wire.bodies[0])
				assert.Equal(t, test.ref, created["ref"])
				delete(created, "ref")
				delete(created, "payload")
				assert.Equal(t, fields(t, test.want), created)
				status := fields(t, wire.bodies[1])
				assert.Equal(t, "in_progress", status["state"])
				assert.Equal(t, created["environment"], status["environment"])
				assert.Equal(t, "https://github.com/acme/shop/actions/runs/"+person.variables["GITHUB_RUN_ID"], status["log_url"])
				url, _ := status["environment_url"].(string)
				assert.Equal(t, test.url, url)
			})
		})
	}
}

func fields(t *testing.T, text string) map[string]any {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all), text)
	return all
}

// The post part has something to do where the workflow may go on, and nowhere else.
func TestWhatIsLeftToThePostPart(t *testing.T) {
	t.Parallel()
	schema, err := loadSchema()
	require.NoError(t, err)
	for command, left := range map[string]bool{
		".deploy": true, ".noop": true, ".deploy main": true,
		".deploy qa": false, ".deploy " + strings.Repeat("1", 40): false, ".deploy noop": false,
		".help": false, ".lock": false, ".lock qa": false, ".unlock": false, ".wcid": false, "Thanks!": false,
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				github := sim.New(schema, sim.Repository{})
				person := crowd(t, github, command, 1)[0]
				person.main(t)
				require.NoError(t, person.unread)
				state, err := runnertest.ReadFile(person.variables["GITHUB_STATE"])
				require.NoError(t, err)
				assert.Equal(t, left, person.outputs["continue"] == "true", person.log.String())
				if left {
					assert.Equal(t, []string{"ledger"}, slices.Collect(maps.Keys(state)))
				}
				requests := len(github.Requests())
				assert.Zero(t, person.app().Post(t.Context()))
				assert.Equal(t, left, len(github.Requests()) > requests)
			})
		})
	}
}
