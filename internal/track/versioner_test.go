package track_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

func refusedConnection() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	for _, address := range []string{base, base + "/"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			server := answering(201, recorded)
			require.NoError(t, track.NewVersioner(address, key, track.Options{Agent: "lockstep/1.2.3", Transport: server, Now: time.Now}).Send(t.Context(), announced(config.Started)))
			assert.Equal(t, []string{"POST https://versioner.example/deployment-events/"}, server.urls, address)
			assert.Equal(t, http.Header{
				"Authorization":   {"Bearer " + key},
				"Content-Type":    {"application/json"},
				"Idempotency-Key": {`"591f0574-dac9-5a94-aae7-e5830c4f3a63"`},
				"User-Agent":      {"lockstep/1.2.3"},
			}, server.heads[0], address)
		})
	}
	server := answering(201, recorded)
	require.NoError(t, track.NewVersioner(base+"/proxy/v1", key, options(server)).Send(t.Context(), announced(config.Started)))
	assert.Equal(t, []string{"POST https://versioner.example/proxy/v1/deployment-events/"}, server.urls)
}

// A strict server on a real connection.
func TestSendOverHTTP(t *testing.T) {
	t.Parallel()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.Method != http.MethodPost || r.URL.Path != "/deployment-events/" || r.URL.RawQuery != "" ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer "+key || r.ContentLength <= 0 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(recorded))
	}))
	defer server.Close()
	require.NoError(t, track.NewVersioner(server.URL, key, options(server.Client().Transport)).Send(t.Context(), announced(config.Started)))
	assert.Equal(t, 1, requests)
	err := track.NewVersioner(server.URL, "another", options(nil)).Send(t.Context(), announced(config.Started))
	assert.Equal(t, http.StatusTeapot, failure(t, err).Status)
}

// The key is meant for one host only.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	stolen := false
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen = true }))
	t.Cleanup(func() {
		thief.Close()
		assert.False(t, stolen)
	})
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.RedirectHandler(thief.URL+"/deployment-events/", status))
			err := track.NewVersioner(server.URL, key, options(nil)).Send(t.Context(), announced(config.Started))
			server.Close()
			assert.Equal(t, status, failure(t, err).Status)
			assert.True(t, track.Definite(err))
		})
	}
}

// Waits of 1, 2 and 4 seconds, each up to a quarter longer, with the same bytes every time.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"500": says(500, ""), "502": says(502, "<html>"), "503": says(503, ""), "504": says(504, "x"), "599": says(599, ""),
		"429": says(429, ""), "408": says(408, ""),
		"refused": breaks(refusedConnection()), "cut": breaks(errors.New("connection reset by peer")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := inTurn(answer)
				err := send(t, server, config.Started)
				require.Error(t, err, name)
				require.Len(t, server.times, 4, name)
				for i, wait := range server.waits() {
					shortest := time.Second << i
					assert.GreaterOrEqual(t, wait, shortest, name)
					assert.Less(t, wait, shortest*5/4, name)
					assert.Equal(t, server.bodies[0], server.bodies[i+1], name)
					assert.Equal(t, server.heads[0], server.heads[i+1], name)
				}
				assert.NotEmpty(t, server.bodies[0])
				assert.Equal(t, name == "429" || name == "408" || name == "refused", track.Definite(err), "%s: may the event have been accepted?", name)
			})
		})
	}
}

func TestRetryEndsWithAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := inTurn(says(503, ""), breaks(errors.New("reset")), says(201, recorded))
		require.NoError(t, send(t, server, config.Started))
		assert.Len(t, server.times, 3)

		server = inTurn(says(503, ""), says(423, `{"detail":"closed"}`))
		err := send(t, server, config.Started)
		assert.Equal(t, "closed", refusal(t, err).Message)
		assert.False(t, track.Definite(err), "the first attempt may have been accepted")
		assert.Len(t, server.times, 2)

		server = inTurn(says(503, ""), says(401, "no"))
		err = send(t, server, config.Started)
		assert.Equal(t, 401, failure(t, err).Status)
		assert.False(t, track.Definite(err))
		assert.Len(t, server.times, 2)
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const date = "Sat, 21 Nov 2026 10:00:00 GMT"
	for name, test := range map[string]struct {
		header []string
		want   time.Duration
	}{
		"seconds":           {[]string{"Retry-After", "7"}, 7 * time.Second},
		"date":              {[]string{"Retry-After", "Sat, 21 Nov 2026 10:00:09 GMT", "Date", date}, 9 * time.Second},
		"longer than limit": {[]string{"Retry-After", "3600"}, 60 * time.Second},
		"far away":          {[]string{"Retry-After", "Sun, 22 Nov 2026 10:00:00 GMT", "Date", date}, 60 * time.Second},
		"shorter than ours": {[]string{"Retry-After", "0"}, time.Second},
		"in the past":       {[]string{"Retry-After", "Sat, 21 Nov 2026 09:00:00 GMT", "Date", date}, time.Second},
		"date without date": {[]string{"Retry-After", "Sat, 21 Nov 2026 10:00:09 GMT"}, time.Second},
		"negative":          {[]string{"Retry-After", "-5"}, time.Second},
		"odd":               {[]string{"Retry-After", "soon"}, time.Second},
		"overflow":          {[]string{"Retry-After", "9999999999999"}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := inTurn(says(503, "", test.header...), says(201, recorded))
				require.NoError(t, send(t, server, config.Started), name)
				require.Len(t, server.times, 2, name)
				wait := server.waits()[0]
				assert.GreaterOrEqual(t, wait, test.want, name)
				assert.Less(t, wait, test.want+time.Second/4, name)
			})
		})
	}
}

// A wait that cannot end in time is not begun.
func TestRetryStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		server := answering(429, "", "Retry-After", "50")
		assert.Equal(t, 429, failure(t, send(t, server, config.Started)).Status)
		assert.Len(t, server.times, 2)
		assert.Equal(t, 50*time.Second, time.Since(begun))
	})
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		server := inTurn(hangs)
		err := send(t, server, config.Started)
		assert.Equal(t, "no delivery within 1m30s", failure(t, err).Message)
		assert.False(t, track.Definite(err))
		assert.Len(t, server.times, 3)
		assert.Equal(t, 90*time.Second, time.Since(begun))

		begun = time.Now()
		server = inTurn(hangs, says(401, "no"))
		assert.Equal(t, 401, failure(t, send(t, server, config.Started)).Status)
		assert.GreaterOrEqual(t, time.Since(begun), 31*time.Second)
		assert.Less(t, time.Since(begun), 32*time.Second)
	})
}

func TestOneTimeoutIsExplained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second+500*time.Millisecond)
		defer cancel()
		err := track.NewVersioner(base, key, options(inTurn(hangs))).Send(ctx, announced(config.Started))
		assert.Equal(t, "no answer within 30s", failure(t, err).Message)
	})
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*endpoint{"while it hangs": inTurn(hangs), "while it waits": answering(503, "", "Retry-After", "30")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				begun := time.Now()
				time.AfterFunc(10*time.Second, cancel)
				err := track.NewVersioner(base, key, options(server)).Send(ctx, announced(config.Started))
				require.ErrorIs(t, err, context.Canceled, name)
				assert.Equal(t, 10*time.Second, time.Since(begun), name)
				assert.False(t, track.Definite(err), name)
				assert.Len(t, server.times, 1, name)
			})
		})
	}
}

// Why there was no answer, without the address: it can hold a secret.
func TestNoAnswerIsExplained(t *testing.T) {
	t.Parallel()
	for want, cause := range map[string]error{
		"connection refused":       refusedConnection(),
		"connection reset by peer": &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)},
		"boom":                     errors.New("boom"),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := track.NewVersioner("https://versioner.example/hidden", key, options(inTurn(breaks(cause))))
				failed := failure(t, v.Send(t.Context(), announced(config.Started)))
				assert.Equal(t, want, failed.Message)
				assert.NotContains(t, failed.Error(), "hidden")
				assert.NotContains(t, failed.Error(), key)
			})
		})
	}
	server := answering(201, recorded)
	err := track.NewVersioner("https://versioner.example/\x7f", key, options(server)).Send(t.Context(), announced(config.Started))
	assert.Equal(t, "the address is not a URL", failure(t, err).Message)
	assert.Empty(t, server.times)
	assert.True(t, track.Definite(err))
}

// A start whose first delivery arrived, although no answer came back, is in its own way.
func TestConflictWithItself(t *testing.T) {
	t.Parallel()
	conflict := func(since time.Time, more ...string) func(*http.Request) (*http.Response, error) {
		return says(409, `{"detail":{"code":"CONCURRENT_DEPLOYMENT","message":"busy","details":{"conflicting_deployment_id":"d7","conflicting_deployment_started":`+
			strconv.Quote(since.Format(time.RFC3339))+strings.Join(more, "")+`}}}`, "Date", at().Format(http.TimeFormat))
	}
	undated := says(409, `{"code":"CONCURRENT_DEPLOYMENT","details":{"conflicting_deployment_started":`+strconv.Quote(at().Format(time.RFC3339))+`}}`)
	lost := breaks(errors.New("connection reset by peer"))
	for name, test := range map[string]struct {
		status   config.Status
		answers  []func(*http.Request) (*http.Response, error)
		accepted bool
	}{
		"delivered, then in the way":       {config.Started, []func(*http.Request) (*http.Response, error){lost, conflict(at())}, true},
		"it began with the first attempt":  {config.Started, []func(*http.Request) (*http.Response, error){says(502, ""), conflict(at().Add(-2 * time.Second))}, true},
		"an older deployment":              {config.Started, []func(*http.Request) (*http.Response, error){lost, conflict(at().Add(-4 * time.Second))}, false},
		"of this version, by this run":     {config.Started, []func(*http.Request) (*http.Response, error){lost, conflict(at(), `,"version":"v1.2.3","invoke_id":123`)}, true},
		"of another version":               {config.Started, []func(*http.Request) (*http.Response, error){lost, conflict(at(), `,"version":"v1.2.2"`)}, false},
		"by another run":                   {config.Started, []func(*http.Request) (*http.Response, error){lost, conflict(at(), `,"invoke_id":"124"`)}, false},
		"the receiver has no clock":        {config.Started, []func(*http.Request) (*http.Response, error){lost, undated}, false},
		"nothing came before":              {config.Started, []func(*http.Request) (*http.Response, error){conflict(at())}, false},
		"nothing arrived before":           {config.Started, []func(*http.Request) (*http.Response, error){breaks(refusedConnection()), conflict(at())}, false},
		"it was told to wait":              {config.Started, []func(*http.Request) (*http.Response, error){says(429, ""), conflict(at())}, false},
		"unknown when the other one began": {config.Started, []func(*http.Request) (*http.Response, error){lost, says(409, `{"detail":"busy"}`)}, false},
		"another refusal":                  {config.Started, []func(*http.Request) (*http.Response, error){lost, says(423, `{"details":{"conflicting_deployment_started":"2026-11-21T10:00:00Z"}}`)}, false},
		"no start":                         {config.Pending, []func(*http.Request) (*http.Response, error){lost, conflict(at())}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				receipt, err := track.NewVersioner(base, key, options(inTurn(test.answers...))).Record(t.Context(), announced(test.status))
				if test.accepted {
					require.NoError(t, err, name)
					assert.Equal(t, track.Receipt{ID: "d7", Presumed: true}, receipt, name)
					return
				}
				assert.Equal(t, track.Receipt{}, receipt, name)
				assert.Equal(t, test.status, refusal(t, err).State, name)
				assert.Equal(t, name != "another refusal", track.Definite(err), "%s: where something else is in the way, nothing was recorded", name)
				first := name == "nothing came before" || name == "nothing arrived before" || name == "it was told to wait"
				lostBefore := !first && name != "another refusal"
				assert.Equal(t, lostBefore, strings.Contains(refusal(t, err).Problem().Hint, "first attempt was lost"), name)
			})
		})
	}
}
