package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/wait"
)

const (
	maxTries  = 5
	maxWaits  = 60 * time.Second // for all waits of one request together
	firstWait = 500 * time.Millisecond
)

// retry repeats what is safe to repeat: reads and idempotent methods after a failure, and any
// request that GitHub turned away because of a limit, since it did not act on it.
type retry struct {
	next http.RoundTripper
	log  *slog.Logger
}

type repeatable struct{}

// mayRepeat marks POST requests that change nothing, such as GraphQL queries.
func mayRepeat(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

func (t *retry) RoundTrip(r *http.Request) (*http.Response, error) {
	waited := time.Duration(0)
	for try := 1; ; try++ {
		response, err := t.next.RoundTrip(r)
		pause, again := nextWait(r, response, err, try)
		if !again || try == maxTries || waited+pause > maxWaits || r.Context().Err() != nil {
			return response, err
		}
		t.log.Debug("request is repeated", "method", r.Method, "path", r.URL.Path, "try", try, "wait", pause, "error", failure(response, err))
		if err := wait.For(r.Context(), pause); err != nil {
			return nil, err
		}
		waited += pause
		if r, err = replay(r); err != nil {
			return nil, err
		}
	}
}

// nextWait reports whether a request may be repeated, and after how long.
func nextWait(r *http.Request, response *http.Response, err error, try int) (time.Duration, bool) {
	backoff := firstWait << (try - 1)
	backoff += rand.N(backoff / 2) //nolint:gosec // a jitter is no secret
	if err != nil {
		return backoff, idempotent(r)
	}
	body := peek(response)
	refused := refusal(body)
	if wait, limited := limitWait(response, body, refused); limited {
		return max(wait, backoff), true
	}
	switch response.StatusCode {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return backoff, idempotent(r)
	}
	return backoff, idempotent(r) && response.StatusCode/100 == 2 && garbled(body, refused)
}

// garbled reports whether an answer that claims success is not one: it is cut off, or comes from a proxy that
// speaks HTML, or GraphQL has no data and does not say why, as when the query took too long.
func garbled(body string, refused *graphRefusal) bool {
	if refused != nil {
		return refused.Type == "" && refused.Extensions["code"] == nil
	}
	return body != "" && !json.Valid([]byte(body))
}

type graphRefusal struct {
	Type       string                     `json:"type"`
	Extensions map[string]json.RawMessage `json:"extensions"`
}

// refusal finds why GraphQL answers without data, nil for any other answer.
func refusal(body string) *graphRefusal {
	var answer struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors []graphRefusal             `json:"errors"`
	}
	if json.Unmarshal([]byte(body), &answer) != nil || answer.Data != nil || len(answer.Errors) == 0 {
		return nil
	}
	return &answer.Errors[0]
}

func idempotent(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.Context().Value(repeatable{}) != nil
}

// secondaryWait is what GitHub asks for where a secondary limit names no time.
const secondaryWait = 60 * time.Second

// limitWait reports whether GitHub turned a request away because of a rate limit, and how long it
// wants us to wait. See "Rate limits for the REST API" and "… for the GraphQL API".
func limitWait(response *http.Response, body string, refused *graphRefusal) (time.Duration, bool) {
	status := response.StatusCode
	exceeded := status == http.StatusTooManyRequests || status == http.StatusOK && refused.limited()
	if status != http.StatusForbidden && !exceeded {
		return 0, false
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if response.Header.Get("X-RateLimit-Remaining") == "0" {
		return untilReset(response), true
	}
	if exceeded || strings.Contains(body, "secondary rate limit") {
		return secondaryWait, true
	}
	return 0, false
}

// limited reports whether GraphQL turned a request away because of a limit, which it does with status 200.
func (g *graphRefusal) limited() bool {
	return g != nil && (g.Type == "RATE_LIMITED" || g.Type == "RATE_LIMIT")
}

// untilReset measures by the server's own clock; ours does not matter.
func untilReset(response *http.Response) time.Duration {
	reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64)
	now, errDate := http.ParseTime(response.Header.Get("Date"))
	if err != nil || errDate != nil {
		return secondaryWait
	}
	return max(time.Unix(reset, 0).Sub(now), time.Second)
}

// peek reads an answer and puts it back.
func peek(response *http.Response) string {
	// The answer is in memory already: bounded has read it.
	body, _ := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

// replay is the request with its body from the start. Both client libraries send bodies that can be read again.
func replay(r *http.Request) (*http.Request, error) {
	if r.GetBody == nil {
		return r, nil
	}
	body, err := r.GetBody()
	again := r.Clone(r.Context())
	again.Body = body
	return again, err
}

func failure(response *http.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	return response.Status
}
