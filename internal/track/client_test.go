package track_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// Everything that no log may show.
const (
	hookURL    = "https://hooks.example/services/T0/B0/XyZ0123456789aBcDeFgHiJk?code=0123456789abcdefghij"
	hookSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	hookToken  = "t0ken-t0ken"
	hookExtra  = "Bearer extra-s3cret"
	hookKey    = "r0ut1ng0r0ut1ng0r0ut1ng0r0ut1ng0"
)

func hookSecrets() []string {
	return []string{
		hookURL, strings.TrimPrefix(hookURL, "https://hooks.example"), "hooks.example", "XyZ0123456789aBcDeFgHiJk", "0123456789abcdefghij",
		hookSecret, strings.TrimPrefix(hookSecret, "whsec_"), hookToken, hookExtra, "extra-s3cret", hookKey,
	}
}

// notices are receivers of every type, each with every secret that it can have, and all with the same server.
func notices(t *testing.T, url string, transport http.RoundTripper) []track.Named {
	t.Helper()
	var all []track.Named
	for _, one := range track.Types() {
		s, through := sink(one.Name, nil), transport
		if one.Required == "url" {
			s.Settings["url"] = url
		}
		for _, setting := range one.Settings {
			switch setting.Name {
			case "token":
				s.Settings["token"] = hookToken
			case "headers":
				s.Settings["headers"], s.Settings["secret"] = "Authorization: "+hookExtra, hookSecret
			}
		}
		if s.Settings["url"] != url {
			through = forward{url, transport} // it knows its address by itself
		}
		all = append(all, to(t, s, through))
	}
	return all
}

// single is an event that makes one message.
func single(s track.Named) track.Event {
	if e := announced(config.Started); s.Wants(e) {
		return e
	}
	return announced(config.Completed)
}

// eachNotice plays a server against every sink, each in a subtest and in time that only passes while all wait.
func eachNotice(t *testing.T, server func() *endpoint, check func(t *testing.T, name string, s track.Named, e *endpoint)) {
	t.Helper()
	for i, one := range track.Types() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := server()
				sink := notices(t, hookURL, transport)[i]
				check(t, sink.Name(), sink, transport)
			})
		})
	}
}

// slow answers after a while, unless the request is cancelled.
func slow(d time.Duration, answer func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return answer(r)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func TestNoticeIsAccepted(t *testing.T) {
	t.Parallel()
	eachNotice(t, func() *endpoint { return answering(200, "ok") }, func(t *testing.T, name string, s track.Named, e *endpoint) {
		t.Helper()
		require.NoError(t, s.Send(t.Context(), single(s)), name)
		require.Len(t, e.times, 1, name)
		assert.Contains(t, e.urls[0], "POST "+hookURL, name)
		assert.Equal(t, "lockstep/test", e.heads[0].Get("User-Agent"), name)
		if name != "pagerduty" { // whose messages are not the event itself
			assert.Equal(t, strconv.Quote(single(s).ID), e.heads[0].Get("Idempotency-Key"), name)
		}
	})
}

// Whatever a receiver does, a notice costs no more than 20 seconds.
func TestNoticeIsBounded(t *testing.T) {
	t.Parallel()
	wait := func(seconds string) func(*http.Request) (*http.Response, error) {
		return says(429, "", "Retry-After", seconds)
	}
	for name, test := range map[string]struct {
		answers         []func(*http.Request) (*http.Response, error)
		attempts        int
		shortest, limit time.Duration
		message         string
	}{
		"dead":            {answersOf(breaks(refusedConnection())), 4, 7 * time.Second, 9 * time.Second, "connection refused"},
		"closing":         {answersOf(breaks(io.EOF)), 4, 7 * time.Second, 9 * time.Second, "EOF"},
		"hanging":         {answersOf(hangs), 2, 20 * time.Second, 20 * time.Second, "no delivery within 20s"},
		"slow":            {answersOf(slow(30*time.Second, says(200, "ok"))), 2, 20 * time.Second, 20 * time.Second, "no delivery within 20s"},
		"slow to say 500": {answersOf(slow(9*time.Second, says(500, "out of order"))), 2, 20 * time.Second, 20 * time.Second, "out of order"},
		"500":             {answersOf(says(500, "out of order")), 4, 7 * time.Second, 9 * time.Second, "out of order"},
		"429":             {answersOf(says(429, "later")), 4, 7 * time.Second, 9 * time.Second, "later"},
		"408":             {answersOf(says(408, "later")), 4, 7 * time.Second, 9 * time.Second, "later"},
		"a long wait":     {answersOf(wait("3600")), 1, 0, 0, ""},
		"waits":           {answersOf(wait("8")), 3, 16 * time.Second, 16 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachNotice(t, func() *endpoint { return inTurn(test.answers...) }, func(t *testing.T, sink string, s track.Named, e *endpoint) {
				t.Helper()
				about := name + " " + sink
				begun := time.Now()
				failed := failure(t, s.Send(t.Context(), announced(config.Completed)))
				assert.Equal(t, test.message, failed.Message, about)
				assert.Len(t, e.times, test.attempts, about)
				assert.GreaterOrEqual(t, time.Since(begun), test.shortest, about)
				assert.LessOrEqual(t, time.Since(begun), test.limit, about)
				for _, body := range e.bodies {
					assert.Equal(t, e.bodies[0], body, "%s: the same bytes every time", about)
				}
			})
		})
	}
}

func answersOf(answers ...func(*http.Request) (*http.Response, error)) []func(*http.Request) (*http.Response, error) {
	return answers
}

// An attempt has 10 seconds, also when only the end of an answer is missing.
func TestNoticeAttemptIsBounded(t *testing.T) {
	t.Parallel()
	eachNotice(t, func() *endpoint { return inTurn(hangs, says(200, "ok")) }, func(t *testing.T, name string, s track.Named, e *endpoint) {
		t.Helper()
		require.NoError(t, s.Send(t.Context(), single(s)), name)
		require.Len(t, e.times, 2, name)
		assert.GreaterOrEqual(t, e.waits()[0], 11*time.Second, name)
		assert.Less(t, e.waits()[0], 12*time.Second, name)
	})
}

func TestNoticeAnswerIsBounded(t *testing.T) {
	t.Parallel()
	dripping := func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(endless{r.Context()}), Request: r}, nil
	}
	eachNotice(t, func() *endpoint { return inTurn(dripping) }, func(t *testing.T, name string, s track.Named, _ *endpoint) {
		t.Helper()
		begun := time.Now()
		assert.Equal(t, 400, failure(t, s.Send(t.Context(), single(s))).Status, name)
		assert.Equal(t, 10*time.Second, time.Since(begun), name)
	})
}

// endless is an answer of which nothing comes.
type endless struct{ ctx context.Context }

func (e endless) Read([]byte) (int, error) {
	<-e.ctx.Done()
	return 0, e.ctx.Err()
}

// A wait that the receiver asks for is kept.
func TestNoticeWaits(t *testing.T) {
	t.Parallel()
	eachNotice(t, func() *endpoint { return inTurn(says(429, "", "Retry-After", "6"), says(200, "ok")) }, func(t *testing.T, name string, s track.Named, e *endpoint) {
		t.Helper()
		require.NoError(t, s.Send(t.Context(), single(s)), name)
		assert.Equal(t, []time.Duration{6 * time.Second}, e.waits(), name)
	})
}

// What is refused is refused, and a redirect is not followed.
func TestNoticeIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 413, 415, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			eachNotice(t, func() *endpoint { return answering(status, "no", "Location", "https://thief.example/") }, func(t *testing.T, name string, s track.Named, e *endpoint) {
				t.Helper()
				failed := failure(t, s.Send(t.Context(), single(s)))
				assert.Equal(t, status, failed.Status, name)
				assert.Equal(t, "no", failed.Message, name)
				assert.Equal(t, single(s).State, failed.State, name)
				require.Len(t, e.urls, 1, name)
				assert.Contains(t, e.urls[0], "POST "+hookURL, name)
			})
		})
	}
}

// A receiver that says that it is gone gets nothing more.
func TestNoticeToGoneReceiver(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 410} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			eachNotice(t, func() *endpoint { return inTurn(says(status, "gone"), says(200, "ok")) }, func(t *testing.T, name string, s track.Named, e *endpoint) {
				t.Helper()
				require.Error(t, s.Send(t.Context(), single(s)), name)
				err := s.Send(t.Context(), announced(config.Completed))
				if status == 404 && name != "slack" {
					require.NoError(t, err, "%s: a page can appear", name)
					return
				}
				failed := failure(t, err)
				assert.Equal(t, status, failed.Status, name)
				assert.Equal(t, "the receiver wants no more events", failed.Message, name)
				assert.Equal(t, config.Completed, failed.State, name)
				assert.Len(t, e.times, 1, name)
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		server := answering(410, "gone")
		v := track.NewVersioner(base, key, options(server))
		require.Error(t, v.Send(t.Context(), announced(config.Started)))
		require.Error(t, v.Send(t.Context(), announced(config.Aborted)))
		assert.Len(t, server.times, 2, "a gate is asked every time")
	})
}

func TestNoticeIsCancelled(t *testing.T) {
	t.Parallel()
	for about, answer := range map[string]func(*http.Request) (*http.Response, error){"hanging": hangs, "waiting": says(503, "", "Retry-After", "15")} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			eachNotice(t, func() *endpoint { return inTurn(answer) }, func(t *testing.T, name string, s track.Named, e *endpoint) {
				t.Helper()
				ctx, cancel := context.WithCancel(t.Context())
				begun := time.Now()
				time.AfterFunc(3*time.Second, cancel)
				require.ErrorIs(t, s.Send(ctx, single(s)), context.Canceled, "%s %s", name, about)
				assert.Equal(t, 3*time.Second, time.Since(begun), "%s %s", name, about)
				assert.Len(t, e.times, 1, "%s %s", name, about)
			})
		})
	}
}

// A server that repeats what it was sent, or an error that names the address, gives nothing away.
func TestNoticeKeepsSecrets(t *testing.T) {
	t.Parallel()
	unknown := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "hooks.example", Server: "10.0.0.1:53"}}
	eachNotice(t, func() *endpoint { return inTurn(breaks(unknown)) }, func(t *testing.T, name string, s track.Named, _ *endpoint) {
		t.Helper()
		assert.Equal(t, "no such host", failure(t, s.Send(t.Context(), single(s))).Message, name)
	})
	for _, secret := range hookSecrets() {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			escaped := strings.ReplaceAll(secret, "/", `\/`)
			for about, answer := range map[string]func(*http.Request) (*http.Response, error){
				"text": says(400, "you said "+secret), "detail": says(400, `{"detail":{"why":"`+escaped+`"}}`), "message": says(500, `{"message":"`+escaped+`"}`),
				"long text": says(400, strings.Repeat("x", 2030)+secret), "network": breaks(errors.New("post to " + secret + ": broken")),
				"long network": breaks(errors.New(strings.Repeat("x", 2030) + secret)),
			} {
				t.Run(about, func(t *testing.T) {
					t.Parallel()
					eachNotice(t, func() *endpoint { return inTurn(answer) }, func(t *testing.T, name string, s track.Named, _ *endpoint) {
						t.Helper()
						if !sends(secret, s) {
							return
						}
						failed := failure(t, s.Send(t.Context(), single(s)))
						for _, said := range []string{failed.Error(), failed.Message, fmt.Sprintf("%+v", failed)} {
							assert.NotContains(t, said, secret[:min(len(secret), 8)], name)
							assert.NotContains(t, said, escaped, name)
						}
					})
				})
			}
		})
	}
}

// One secret can begin another.
func TestNoticeKeepsBothSecrets(t *testing.T) {
	t.Parallel()
	w := hook(t, settings{"secret": "plain-secret plain-secret-of-old"}, answering(400, "plain-secret-of-old or plain-secret"))
	assert.Equal(t, "*** or ***", failure(t, w.Send(t.Context(), full(config.Started))).Message)
}

// sends reports whether the receiver knows the secret at all.
func sends(secret string, s track.Named) bool {
	address := strings.Contains(hookURL, secret)
	switch s.Name() {
	case "webhook":
		return secret != hookToken && secret != hookKey
	case "cdevents":
		return address || secret == hookToken
	case "pagerduty", "datadog":
		return secret == hookKey
	}
	return address
}

// The sinks on real connections: one that takes, one that redirects, one that hangs up.
func TestNoticeOverHTTP(t *testing.T) {
	t.Parallel()
	for i, one := range track.Types() {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			server := redirecting(t)
			sink := notices(t, server.URL+"/hook", server.Client().Transport)[i]
			require.NoError(t, sink.Send(t.Context(), single(sink)))
			assert.Equal(t, http.StatusTemporaryRedirect, failure(t, sink.Send(t.Context(), single(sink))).Status)
		})
		t.Run(one.Name+" is cut", func(t *testing.T) {
			t.Parallel()
			rude := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
			defer rude.Close()
			sink := notices(t, rude.URL+"/hook", rude.Client().Transport)[i]
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			failed := failure(t, sink.Send(ctx, single(sink)))
			assert.Zero(t, failed.Status)
			assert.NotContains(t, failed.Error(), "127.0.0.1")
		})
	}
}

// redirecting takes the first message, and redirects the second to a server that must get none.
func redirecting(t *testing.T) *httptest.Server {
	t.Helper()
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(thief.Close)
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		body, err := io.ReadAll(r.Body)
		switch {
		case r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, "/hook") || err != nil || int64(len(body)) != r.ContentLength || len(body) == 0:
			w.WriteHeader(http.StatusTeapot)
		case requests == 2:
			http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
		default:
			_, _ = io.WriteString(w, "ok")
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// What cannot be written down is not sent.
func TestNoticeThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	e := full(config.Completed)
	e.Times.Occurred = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)
	eachNotice(t, func() *endpoint { return answering(200, "ok") }, func(t *testing.T, name string, s track.Named, server *endpoint) {
		t.Helper()
		if slices.Contains([]string{"webhook", "cdevents", "pagerduty"}, name) { // the others get no such time
			require.ErrorContains(t, s.Send(t.Context(), e), "write event ")
			assert.Empty(t, server.times)
		}
	})
}
