package app_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/runner"
	"github.com/lockstep-action/lockstep/internal/runner/runnertest"
)

// step is the action with its variables and a network on which nothing is found.
type step struct {
	variables map[string]string
	dir       string
	mu        sync.Mutex
	calls     int
	log       bytes.Buffer
}

func newStep(t *testing.T, payload string, with map[string]string) *step {
	t.Helper()
	s := &step{dir: t.TempDir(), variables: map[string]string{
		"GITHUB_EVENT_NAME": "issue_comment", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_ACTOR": "alice",
		"INPUT_GITHUB_TOKEN": "secret-token", "INPUT_STATUS": "success",
	}}
	maps.Copy(s.variables, with)
	for variable, file := range map[string]string{"GITHUB_OUTPUT": "output", "GITHUB_STATE": "state", "GITHUB_STEP_SUMMARY": "summary"} {
		s.variables[variable] = filepath.Join(s.dir, file)
		require.NoError(t, os.WriteFile(s.variables[variable], nil, 0o600))
	}
	if payload != "" {
		s.variables["GITHUB_EVENT_PATH"] = filepath.Join(s.dir, "event.json")
		require.NoError(t, os.WriteFile(s.variables["GITHUB_EVENT_PATH"], []byte(payload), 0o600))
	}
	return s
}

func (s *step) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func (s *step) environ() []string {
	var all []string
	for name, value := range s.variables {
		all = append(all, name+"="+value)
	}
	return all
}

func (s *step) app() *app.App {
	r := runner.New(&s.log, func(name string) string { return s.variables[name] })
	return app.New(r, app.Deps{Transport: s, Now: time.Now, Environ: s.environ, Version: "test"})
}

func (s *step) outputs(t *testing.T) map[string]string {
	t.Helper()
	outputs, err := runnertest.ReadFile(s.variables["GITHUB_OUTPUT"])
	require.NoError(t, err)
	return outputs
}

const (
	onPull  = `{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"id":5,"body":".deploy","user":{"login":"alice"}}}`
	onIssue = `{"action":"created","issue":{"number":1},"comment":{"id":5,"body":".deploy"}}`
)

func TestQuietEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload string
		with    map[string]string
		reason  string
	}{
		"no payload":      {"", nil, ""},
		"plain issue":     {onIssue, nil, "unsupported_event"},
		"another event":   {`{}`, map[string]string{"GITHUB_EVENT_NAME": "push"}, "unsupported_event"},
		"deleted comment": {`{"action":"deleted","issue":{"number":1,"pull_request":{}},"comment":{"body":".deploy"}}`, nil, "unsupported_event"},
		"no command":      {`{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"body":"Hi"}}`, nil, "no_trigger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStep(t, test.payload, test.with)
			assert.Zero(t, s.app().Main(t.Context()), s.log.String())
			assert.Equal(t, test.reason, s.outputs(t)["reason_code"])
			assert.Zero(t, s.calls)
			assert.Zero(t, s.app().Post(t.Context()))
			assert.Zero(t, s.calls)
		})
	}
}

// Another action's workflow that only names this one in its place learns what is missing.
func TestEventsWithoutMode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload string
		with    map[string]string
		told    bool
	}{
		"pull request":        {`{"action":"opened","pull_request":{"number":1}}`, map[string]string{"GITHUB_EVENT_NAME": "pull_request", "INPUT_STEP": "start"}, true},
		"push":                {`{}`, map[string]string{"GITHUB_EVENT_NAME": "push"}, true},
		"mode by default":     {`{}`, map[string]string{"GITHUB_EVENT_NAME": "push", "INPUT_MODE": "auto"}, true},
		"page without a mode": {`{}`, map[string]string{"GITHUB_EVENT_NAME": "push", "INPUT_STATUS_FILE": "public/index.html"}, true},
		"commands are meant":  {`{}`, map[string]string{"GITHUB_EVENT_NAME": "push", "INPUT_MODE": "comment"}, false},
		"comment on an issue": {onIssue, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStep(t, test.payload, test.with)
			assert.Zero(t, s.app().Main(t.Context()))
			assert.Equal(t, name == "page without a mode", strings.Contains(s.log.String(), "::warning::input \"status_file\": needs mode: status"), s.log.String())
			assert.Equal(t, test.told, strings.Contains(s.log.String(), "::notice::The event `"+s.variables["GITHUB_EVENT_NAME"]+"` starts no command, and nothing was recorded. To record a deployment, set `mode: track`; to show what runs where, `mode: status`."), s.log.String())
		})
	}
}

// An input of older versions of branch-deploy is not passed over in silence.
func TestFormerInput(t *testing.T) {
	t.Parallel()
	s := newStep(t, onPull, map[string]string{"INPUT_PREFIX_ONLY": "false"})
	s.app().Main(t.Context())
	assert.Contains(t, s.log.String(), "::warning::There is no input prefix_only. A command is always at the beginning of a comment.")
}

// All input errors come at once. Nothing is tracked, and GitHub is asked only in order to answer a comment.
func TestInputErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload string
		with    map[string]string
		log     []string
	}{
		"comment": {
			onPull,
			map[string]string{"INPUT_REACTION": "wave", "INPUT_STABLE_BRANCH": "", "INPUT_DEPLOYMENT_ORDER_SCOPE": "some"},
			[]string{`"reaction" has the value "wave"`, `"deployment_order_scope" has the value "some"`},
		},
		"two spellings": {
			onPull,
			map[string]string{"INPUT_API-KEY": "one-key", "INPUT_API_KEY": "another-key"},
			[]string{"are one input", "::add-mask::one-key\n", "::add-mask::another-key\n"},
		},
		"track without an environment": {
			`{}`,
			map[string]string{"INPUT_MODE": "track", "INPUT_REACTION": "wave", "GITHUB_EVENT_NAME": "push"},
			[]string{`"environment"`, `"reaction"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStep(t, test.payload, test.with)
			assert.Equal(t, 1, s.app().Main(t.Context()))
			for _, text := range test.log {
				assert.Contains(t, s.log.String(), text)
			}
			assert.Equal(t, "unexpected_error", s.outputs(t)["reason_code"])
			assert.Equal(t, "failure", s.outputs(t)["decision"])
			assert.NotContains(t, s.outputs(t), "continue")
			assert.NotContains(t, strings.ReplaceAll(s.log.String(), "::add-mask::one-key\n", ""), "one-key")
			assert.Equal(t, test.payload == onPull, s.calls > 0)
		})
	}
}

// Without an event there is no comment to look at. A step that should do something else says that it did not.
func TestNoEvent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		with map[string]string
		exit int
	}{
		"comment":      {nil, 0},
		"track":        {map[string]string{"INPUT_MODE": "track", "INPUT_ENVIRONMENT": "production"}, 1},
		"by version":   {map[string]string{"INPUT_VERSION": "1.4.0", "INPUT_ENVIRONMENT": "production"}, 1},
		"finish":       {map[string]string{"INPUT_MODE": "finish"}, 1},
		"merge_deploy": {map[string]string{"INPUT_MERGE_DEPLOY_MODE": "true"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStep(t, "", test.with)
			assert.Equal(t, test.exit, s.app().Main(t.Context()))
			assert.Equal(t, test.exit == 1, strings.Contains(s.log.String(), "::error::Nothing was done: no event payload: GITHUB_EVENT_PATH is not set."), s.log.String())
			assert.Zero(t, s.calls)
		})
	}
}

// What may be expected and does not happen is said.
func TestAdvice(t *testing.T) {
	t.Parallel()
	s := newStep(t, onPull, map[string]string{"INPUT_ENVIRONMENT_TARGET": "staging", "INPUT_WHO": "knows"})
	s.app().Main(t.Context())
	assert.Contains(t, s.log.String(), "::warning::There is no input environment_target. Did you mean environment_targets?")
	assert.NotContains(t, s.log.String(), "knows")
}

func TestBrokenPayload(t *testing.T) {
	t.Parallel()
	s := newStep(t, `{"action":`, nil)
	assert.Equal(t, 1, s.app().Main(t.Context()))
	assert.Contains(t, s.log.String(), "::error::")
}

func TestBrokenState(t *testing.T) {
	t.Parallel()
	s := newStep(t, onPull, map[string]string{"STATE_ledger": "{"})
	assert.Equal(t, 1, s.app().Post(t.Context()))
	assert.Contains(t, s.log.String(), "read ledger")
	assert.Zero(t, s.calls)
}

// The secrets are masked before anything else is printed.
func TestMasksComeFirst(t *testing.T) {
	t.Parallel()
	s := newStep(t, onPull, map[string]string{"VERSIONER_API_KEY": "sk_x"})
	s.app().Main(t.Context())
	commands := runnertest.Commands(s.log.String())
	require.Greater(t, len(commands), 2)
	assert.Equal(t, runnertest.Command{Name: "add-mask", Properties: map[string]string{}, Data: "secret-token"}, commands[0])
	assert.Equal(t, runnertest.Command{Name: "add-mask", Properties: map[string]string{}, Data: "sk_x"}, commands[1])
}

// Which mode auto picks shows in what is missing: track wants an environment.
func TestModes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payload, event string
		with           map[string]string
		tracks         bool
	}{
		"command":                   {onPull, "issue_comment", nil, false},
		"product on a command":      {onPull, "issue_comment", map[string]string{"INPUT_PRODUCT": "shop"}, false},
		"version on a command":      {onPull, "issue_comment", map[string]string{"INPUT_VERSION": "1"}, true},
		"event type on a command":   {onPull, "issue_comment", map[string]string{"INPUT_EVENT-TYPE": "deployment"}, true},
		"product on another event":  {`{}`, "push", map[string]string{"INPUT_PRODUCT_NAME": "shop"}, true},
		"product on a plain issue":  {onIssue, "issue_comment", map[string]string{"INPUT_PRODUCT": "shop"}, true},
		"another event":             {`{}`, "push", nil, false},
		"said to be a comment":      {onPull, "issue_comment", map[string]string{"INPUT_MODE": "comment", "INPUT_VERSION": "1"}, false},
		"said to track a comment":   {onPull, "issue_comment", map[string]string{"INPUT_MODE": "track"}, true},
		"said to be another thing":  {onPull, "issue_comment", map[string]string{"INPUT_MODE": "dance"}, false},
		"said to comment on a push": {`{}`, "push", map[string]string{"INPUT_MODE": "comment"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.with = withEvent(test.with, test.event)
			s := newStep(t, test.payload, test.with)
			s.app().Main(t.Context())
			const wants = "mode track needs to know where the deployment goes"
			if test.tracks {
				assert.Contains(t, s.log.String(), wants)
				guessed := test.with["INPUT_MODE"] == "auto" && test.payload == onPull
				assert.Equal(t, guessed, strings.Contains(s.log.String(), "to answer comments instead, set mode to comment"))
			} else {
				assert.NotContains(t, s.log.String(), wants)
			}
		})
	}
}

func withEvent(with map[string]string, event string) map[string]string {
	all := map[string]string{"GITHUB_EVENT_NAME": event, "INPUT_MODE": "auto"}
	maps.Copy(all, with)
	return all
}
