package track_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/event"
	"github.com/lockstep-action/lockstep/internal/message"
	"github.com/lockstep-action/lockstep/internal/plan"
	"github.com/lockstep-action/lockstep/internal/track"
)

const (
	deployedSHA = "1111111111111111111111111111111111111111"
	workflowSHA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	key         = "sk_acme_1_s3cret"
	base        = "https://versioner.example"
	recorded    = `{"id":"d1"}` // the shortest usable answer
)

func at() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

type settings = map[string]string

// sink is a sink of a type, with its defaults, what it requires, and these settings.
func sink(name string, set settings) config.Sink {
	s := config.Sink{Type: name, Settings: settings{}}
	for _, one := range track.SinkTypes() {
		if one.Name != name {
			continue
		}
		for _, setting := range one.Settings {
			if setting.Default != "" {
				s.Settings[setting.Name] = setting.Default
			}
		}
		s.Settings[one.Required] = settings{"url": hookURL, "secret": hookKey}[one.Required]
	}
	maps.Copy(s.Settings, set)
	return s
}

// options are those of every receiver.
func options(transport http.RoundTripper) track.Options {
	return track.Options{Agent: "lockstep/test", Transport: transport, Now: time.Now}
}

// to sets a receiver up.
func to(t *testing.T, s config.Sink, transport http.RoundTripper) track.Named {
	t.Helper()
	r, err := track.New(s, options(transport))
	require.NoError(t, err)
	return r
}

// invalid is why a receiver cannot be set up.
func invalid(t *testing.T, s config.Sink) string {
	t.Helper()
	_, err := track.New(s, track.Options{Now: time.Now})
	require.Error(t, err)
	return err.Error()
}

// forward sends requests for any host to an address.
type forward struct {
	address string
	next    http.RoundTripper
}

func (f forward) RoundTrip(r *http.Request) (*http.Response, error) {
	address, err := url.Parse(f.address)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL = address
	return f.next.RoundTrip(r)
}

// push is a tracked step on a push, as its request and ledger.
func push() (deploy.Request, plan.Ledger) {
	r := deploy.Request{Event: event.Event{
		Name: "push", Owner: "acme", Repository: "shop", Actor: "octocat", WorkflowSHA: workflowSHA, Ref: "refs/heads/main",
		Author: event.Author{Name: "Ada", Email: "ada@example.com"},
		Run: event.Run{
			ID: 123, Number: 45, Attempt: 1, Workflow: "Deploy", Job: "deploy", ServerURL: "https://github.com",
			URL: "https://github.com/acme/shop/actions/runs/123",
		},
	}}
	l := plan.Ledger{
		Product: "shop", Version: "v1.2.3", Branch: "main",
		Subject: message.Subject{Environment: "production", SHA: deployedSHA, StartedAt: at()},
	}
	return r, l
}

// event makes one event of the push.
func announced(status config.Status) track.Event {
	r, l := push()
	return track.NewEvent(r, l, plan.RecordEvent{Status: status}, at())
}

// endpoint is a server in memory: it answers in turn, the last answer again and again, and keeps
// what it was sent.
type endpoint struct {
	answers []func(*http.Request) (*http.Response, error)

	mu     sync.Mutex
	times  []time.Time
	bodies []string
	heads  []http.Header
	urls   []string
}

func (e *endpoint) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	n := min(len(e.times), len(e.answers)-1)
	e.times, e.bodies = append(e.times, time.Now()), append(e.bodies, string(body))
	e.heads, e.urls = append(e.heads, r.Header.Clone()), append(e.urls, r.Method+" "+r.URL.String())
	e.mu.Unlock()
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return e.answers[n](r)
}

// waits are the times between the attempts.
func (e *endpoint) waits() []time.Duration {
	var between []time.Duration
	for i := 1; i < len(e.times); i++ {
		between = append(between, e.times[i].Sub(e.times[i-1]))
	}
	return between
}

// answering makes an endpoint that always says the same.
func answering(status int, body string, header ...string) *endpoint {
	return inTurn(says(status, body, header...))
}

func inTurn(answers ...func(*http.Request) (*http.Response, error)) *endpoint {
	return &endpoint{answers: answers}
}

// says is one answer; header holds names and values in turn.
func says(status int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		for i := 0; i < len(header); i += 2 {
			response.Header.Set(header[i], header[i+1])
		}
		return response, nil
	}
}

// breaks is a connection that ends without an answer.
func breaks(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs is a server that never answers.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// full is an event with everything that can be known.
func full(status config.Status) track.Event {
	r, l := push()
	r.Event.Pull, r.Event.Triggering, l.DeploymentID = 12, "hubot", 42
	l.Subject.Ref, l.Subject.EnvironmentURL = "topic", "https://shop.example"
	e := track.NewEvent(r, l, plan.RecordEvent{Status: status}, at().Add(90*time.Second))
	e.GitHub.StatusID, e.Change, e.SCM.PullTitle = 7, track.Forward, "Sell more"
	e.Previous = track.Previous{SHA: workflowSHA, Version: "v1.2.2"}
	e.Checks = []plan.Check{{Name: "test", Result: "success", Required: true}}
	e.Artifacts = []track.Artifact{{Type: "oci", Location: "ghcr.io/acme/shop:v1.2.3", Digest: "sha256:" + strings.Repeat("0a", 32)}}
	e.Metadata, _, _ = track.ParseMetadata(`{"region":"eu","replicas":3}`)
	e.Warnings = []string{"the order names a single environment"}
	switch status {
	case config.Failed, config.Aborted:
		e.Error = "the job did not succeed"
	case track.Blocked:
		e.Block = track.Block{Source: "versioner", Code: "NO_DEPLOY_WINDOW", Rule: "Weekend", Message: "Not now", RetryAfter: "3600"}
	case config.Pending, config.Started, config.Completed:
	}
	return e.Identified()
}

// built is a build.
func built(status config.Status) track.Event {
	e := announced(status)
	e.Kind, e.Environment = track.Build, ""
	return e.Identified()
}

// rollback is a completed deployment of what ran before.
func rollback() track.Event {
	e := full(config.Completed)
	e.Change = track.Rollback
	return e
}

func send(t *testing.T, e *endpoint, status config.Status) error {
	t.Helper()
	return track.NewVersioner(base, key, options(e)).Send(t.Context(), announced(status))
}

func refusal(t *testing.T, err error) *track.Refusal {
	t.Helper()
	var r *track.Refusal
	require.ErrorAs(t, err, &r)
	return r
}

func failure(t *testing.T, err error) *track.Failure {
	t.Helper()
	var f *track.Failure
	require.ErrorAs(t, err, &f)
	return f
}

// assertHarmless wants a problem to show texts from outside as code only.
func assertHarmless(t *testing.T, p deploy.Problem) {
	t.Helper()
	for _, text := range []string{p.Text, p.Hint} {
		assert.NotContains(t, text, "\n")
		parts := strings.Split(text, "````")
		require.Equal(t, 1, len(parts)%2, "every code span is closed: %s", text)
		for i := 0; i < len(parts); i += 2 {
			assert.NotContains(t, parts[i], "@")
			assert.NotContains(t, parts[i], "<")
		}
	}
}

// hostile has a run of three backticks: only a longer one can enclose it.
const hostile = "```@all <b>x</b>\n\n# no"
