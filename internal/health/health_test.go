package health_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/health"
	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/wait"
)

const sha = "4f2a9c1e5b8d7a6c3f0e1d2b4a5968778695a4b3"

// deployed is what was deployed, with a version.
func deployed() health.Deployed { return health.Deployed{SHA: sha, Version: "v1.4.2"} }

// clock is one whose waits and limits do what a test says.
type clock struct{ wait, limit func(passed func()) }

func (c clock) Wait(_ time.Duration, passed func()) (stop func()) {
	c.wait(passed)
	return func() {}
}

func (c clock) Limit(_ time.Duration, passed func()) (stop func()) {
	c.limit(passed)
	return func() {}
}

func atOnce(passed func()) { passed() }
func never(func())         {}

// hurried is a context in which waits between attempts take no time, and attempts all the time that there is.
func hurried(ctx context.Context) context.Context {
	return wait.WithClock(ctx, clock{wait: atOnce, limit: never})
}

// answering is a network on which one server answers everything.
type answering func(*http.Request) (*http.Response, error)

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func checker(network http.RoundTripper) *health.Checker {
	return health.New(health.Options{Agent: "lockstep/test", Transport: network, Log: slog.New(slog.DiscardHandler)})
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check   policy.HealthCheck
		answers []*http.Response
		want    deploy.HealthResult
		saw     string
	}{
		"well": {
			policy.HealthCheck{},
			[]*http.Response{answer(200, "")},
			deploy.HealthResult{Answers: []string{"200"}, Result: deploy.Healthy},
			"answered 200",
		},
		"well in the end": {
			policy.HealthCheck{},
			[]*http.Response{answer(503, ""), answer(502, ""), answer(200, "")},
			deploy.HealthResult{Answers: []string{"503", "502", "200"}, Result: deploy.Healthy},
			"answered 200, in the last of 3 attempts",
		},
		"not well": {
			policy.HealthCheck{Attempts: 2},
			[]*http.Response{answer(503, ""), answer(503, "")},
			deploy.HealthResult{Answers: []string{"503", "503"}, Result: deploy.Unhealthy},
			"answered 503, 2 times",
		},
		"redirect": {
			policy.HealthCheck{Attempts: 1},
			[]*http.Response{answer(302, "")},
			deploy.HealthResult{Answers: []string{"302, a redirect, which is not followed"}, Result: deploy.Unhealthy},
			"answered 302, a redirect, which is not followed",
		},
		"redirect that is wanted": {
			policy.HealthCheck{Status: []string{"3xx"}},
			[]*http.Response{answer(302, "")},
			deploy.HealthResult{Answers: []string{"302"}, Result: deploy.Healthy},
			"answered 302",
		},
		"text": {
			policy.HealthCheck{Contains: "{short_sha} {version}"},
			[]*http.Response{answer(200, "runs 4f2a9c1 v1.4.2")},
			deploy.HealthResult{Answers: []string{"200"}, Result: deploy.Healthy},
			"answered 200",
		},
		"another text": {
			policy.HealthCheck{Contains: "{short_sha}", Attempts: 1},
			[]*http.Response{answer(200, "runs 0000000")},
			deploy.HealthResult{Answers: []string{"200 without 4f2a9c1"}, Result: deploy.Unhealthy},
			"answered 200 without 4f2a9c1",
		},
		"text of another status": {
			policy.HealthCheck{Contains: "ok", Attempts: 1},
			[]*http.Response{answer(500, "ok")},
			deploy.HealthResult{Answers: []string{"500"}, Result: deploy.Unhealthy},
			"answered 500",
		},
		"text that comes too late": {
			policy.HealthCheck{Contains: "ok", Attempts: 1},
			[]*http.Response{answer(200, strings.Repeat(" ", 64<<10)+"ok")},
			deploy.HealthResult{Answers: []string{"200, its first 64 KiB without ok"}, Result: deploy.Unhealthy},
			"answered 200, its first 64 KiB without ok",
		},
		"text at the end of what is read": {
			policy.HealthCheck{Contains: "ok"},
			[]*http.Response{answer(200, strings.Repeat(" ", 64<<10-2)+"ok")},
			deploy.HealthResult{Answers: []string{"200"}, Result: deploy.Healthy},
			"answered 200",
		},
		"long text": {
			policy.HealthCheck{Contains: strings.Repeat("a", 60), Attempts: 1},
			[]*http.Response{answer(200, "")},
			deploy.HealthResult{Answers: []string{"200 without " + strings.Repeat("a", 47) + "…"}, Result: deploy.Unhealthy},
			"answered 200 without " + strings.Repeat("a", 47) + "…",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			network := answering(func(*http.Request) (*http.Response, error) {
				asked++
				return test.answers[asked-1], nil
			})
			test.check.URL, test.want.URL = "https://app.example.com/health?key=hidden", "https://app.example.com/health"
			got := checker(network).Run(hurried(t.Context()), []policy.HealthCheck{test.check}, deployed())
			assert.Equal(t, []deploy.HealthResult{test.want}, got)
			assert.Equal(t, test.saw, got[0].Saw())
			assert.Equal(t, len(test.answers), asked)
		})
	}
}

// Without a value to look for nothing is asked.
func TestRunWithoutValue(t *testing.T) {
	t.Parallel()
	network := answering(func(*http.Request) (*http.Response, error) {
		t.Error("something was asked")
		return answer(200, ""), nil
	})
	for name, test := range map[string]struct {
		contains string
		given    health.Deployed
		problem  string
	}{
		"version":              {"{version}", health.Deployed{SHA: sha}, "There is no version to look for."},
		"version is no commit": {"{version}", health.Deployed{SHA: sha, Version: sha}, "There is no version to look for."},
		"commit":               {"{sha}", health.Deployed{Version: "v1"}, "There is no commit to look for."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := checker(network).Run(t.Context(), []policy.HealthCheck{{URL: "https://a.example", Contains: test.contains}}, test.given)
			want := deploy.HealthResult{URL: "https://a.example", Answers: []string{}, Result: deploy.Unhealthy, Problem: test.problem}
			assert.Equal(t, []deploy.HealthResult{want}, got)
		})
	}
}

// All checks are made at the same time: each waits for the others here.
func TestRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	var together sync.WaitGroup
	together.Add(3)
	network := answering(func(*http.Request) (*http.Response, error) {
		together.Done()
		together.Wait()
		return answer(200, ""), nil
	})
	checks := []policy.HealthCheck{{URL: "https://a.example"}, {URL: "https://b.example"}, {URL: "https://c.example"}}
	for i, got := range checker(network).Run(t.Context(), checks, deployed()) {
		assert.Equal(t, checks[i].URL, got.URL)
		assert.Equal(t, deploy.Healthy, got.Result)
	}
}

// A stop ends the check during an attempt, and between two.
func TestRunStopped(t *testing.T) {
	t.Parallel()
	check := []policy.HealthCheck{{URL: "https://a.example"}}
	t.Run("during an attempt", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		got := checker(answering(func(r *http.Request) (*http.Response, error) {
			cancel()
			<-r.Context().Done()
			return nil, r.Context().Err()
		})).Run(ctx, check, deployed())
		assert.Equal(t, []deploy.HealthResult{{URL: "https://a.example", Answers: []string{}, Result: deploy.Unchecked}}, got)
	})
	t.Run("between attempts", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		ctx = wait.WithClock(ctx, clock{wait: func(func()) { cancel() }, limit: never})
		got := checker(answering(func(*http.Request) (*http.Response, error) { return answer(503, ""), nil })).Run(ctx, check, deployed())
		assert.Equal(t, []deploy.HealthResult{{URL: "https://a.example", Answers: []string{"503"}, Result: deploy.Unchecked}}, got)
	})
}

// A slow application has five seconds, also for what follows the header.
func TestRunSlow(t *testing.T) {
	t.Parallel()
	for name, network := range map[string]answering{
		"no header": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"no end": func(r *http.Request) (*http.Response, error) {
			response := answer(200, "")
			response.Body = io.NopCloser(endless{r.Context()})
			return response, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var limits atomic.Int32
			ctx := wait.WithClock(t.Context(), clock{wait: atOnce, limit: func(passed func()) {
				limits.Add(1)
				passed()
			}})
			got := checker(network).Run(ctx, []policy.HealthCheck{{URL: "https://a.example", Contains: "ok"}}, deployed())
			assert.Equal(t, "gave no answer within 5s, 3 times", got[0].Saw())
			assert.Equal(t, int32(3), limits.Load())
		})
	}
}

type endless struct{ ctx context.Context } //nolint:containedctx // of a body that never ends

func (e endless) Read([]byte) (int, error) {
	<-e.ctx.Done()
	return 0, e.ctx.Err()
}

// served is a real server, with the real network to it. It never answers to a name.
func served(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *http.Transport) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	transport, isTransport := server.Client().Transport.(*http.Transport)
	require.True(t, isTransport)
	transport = transport.Clone()
	transport.DialContext = nil
	return server, transport
}

// The real network does not lead to this machine, whatever the name is, unless that is allowed.
func TestRunRefusesInternalAddresses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		host     string
		internal bool
		saw      string
		asked    int32
	}{
		"address":       {"127.0.0.1", false, "was not asked: its address is inside of a network", 0},
		"name":          {"localhost", false, "was not asked: its address is inside of a network", 0},
		"allowed":       {"127.0.0.1", true, "answered 200", 1},
		"allowed, name": {"localhost", true, "answered 200", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server, transport := served(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
			at, err := url.Parse(server.URL)
			require.NoError(t, err)
			transport.TLSClientConfig.ServerName = "example.com" // whose certificate the server has
			c := health.New(health.Options{Agent: "lockstep/test", Transport: transport, Internal: test.internal, Log: slog.New(slog.DiscardHandler)})
			got := c.Run(t.Context(), []policy.HealthCheck{{URL: "https://" + test.host + ":" + at.Port(), Attempts: 1}}, deployed())
			assert.Equal(t, test.saw, got[0].Saw())
			assert.Equal(t, test.asked, asked.Load())
		})
	}
}

// A proxy may be inside of the network: it makes the connection to the application.
func TestRunThroughProxy(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.Host)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	c := health.New(health.Options{
		Agent: "lockstep/test", Transport: &http.Transport{Proxy: http.ProxyURL(at)}, Log: slog.New(slog.DiscardHandler),
	})
	got := c.Run(t.Context(), []policy.HealthCheck{{URL: "https://app.example.com/health", Attempts: 1}}, deployed())
	assert.Equal(t, "gave no answer", got[0].Saw())
	assert.Equal(t, "CONNECT app.example.com:443", asked.Load())
}

// The certificate is verified.
func TestRunVerifiesCertificates(t *testing.T) {
	t.Parallel()
	server, _ := served(t, func(http.ResponseWriter, *http.Request) {})
	c := health.New(health.Options{Agent: "lockstep/test", Transport: &http.Transport{}, Internal: true, Log: slog.New(slog.DiscardHandler)})
	got := c.Run(t.Context(), []policy.HealthCheck{{URL: server.URL, Attempts: 1}}, deployed())
	assert.Equal(t, "has a certificate that is not valid", got[0].Saw())
}

// An application learns nothing but that it is asked, and its cookies are forgotten.
func TestRunTellsNothing(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var headers []http.Header
	server, transport := served(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		headers = append(headers, r.Header.Clone())
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		w.Header().Set("Location", "/elsewhere")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusFound)
		packed := gzip.NewWriter(w)
		_, err := packed.Write([]byte("here"))
		assert.NoError(t, err)
		assert.NoError(t, packed.Close())
	})
	c := health.New(health.Options{Agent: "lockstep/test", Transport: transport, Internal: true, Log: slog.New(slog.DiscardHandler)})
	check := policy.HealthCheck{URL: server.URL + "/health?a=b", Contains: "nowhere", Status: []string{"302"}, Attempts: 2}
	got := c.Run(hurried(t.Context()), []policy.HealthCheck{check}, deployed())
	assert.Equal(t, "answered 302 without nowhere, 2 times", got[0].Saw())
	require.Len(t, headers, 2)
	for _, one := range headers {
		assert.Equal(t, http.Header{"User-Agent": {"lockstep/test"}, "Accept-Encoding": {"gzip"}, "Connection": {"close"}}, one)
	}
}

// The log has each attempt, and no query.
func TestRunLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := health.New(health.Options{
		Agent: "lockstep/test", Log: slog.New(slog.NewTextHandler(&log, nil)),
		Transport: answering(func(*http.Request) (*http.Response, error) { return answer(503, "a secret"), nil }),
	})
	c.Run(hurried(t.Context()), []policy.HealthCheck{{URL: "https://a.example/health?key=hidden"}}, deployed())
	assert.Equal(t, 3, strings.Count(log.String(), "answer=503"))
	assert.Contains(t, log.String(), "address=a.example/health attempt=1 of=3")
	assert.NotContains(t, log.String(), "hidden")
	assert.NotContains(t, log.String(), "secret")
}
