package track

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// Versioner sends deployment events to Versioner's API: POST <base>/deployment-events/.
type Versioner struct {
	url    string
	key    string
	agent  string
	client *http.Client
}

// NewVersioner returns a sink that follows no redirects: the key is meant for one host only.
func NewVersioner(baseURL, key, agent string, transport http.RoundTripper) *Versioner {
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Versioner{
		url: strings.TrimSuffix(baseURL, "/") + "/deployment-events/", key: key, agent: agent,
		client: &http.Client{Transport: transport, CheckRedirect: refuse},
	}
}

const (
	maxAttempts    = 4
	attemptTimeout = 30 * time.Second
	sendTimeout    = 90 * time.Second
	maxRetryAfter  = 60 * time.Second
	maxAnswer      = 64 << 10 // bytes of an answer that are read
)

// Send delivers one event, with the same bytes on every attempt.
func (v *Versioner) Send(ctx context.Context, e Event) error {
	ctx, cancel := context.WithTimeoutCause(ctx, sendTimeout, fmt.Errorf("no delivery within %s", sendTimeout))
	defer cancel()
	request, err := v.request(ctx, e)
	if err != nil {
		return err
	}
	delivery := delivery{event: e}
	for attempt, left := 1, sendTimeout; ; attempt++ {
		pause, err := v.attempt(ctx, request)
		err = delivery.weigh(err)
		pause = max(pause, backoff(attempt))
		left -= pause
		if !repeatable(err) || attempt == maxAttempts || left <= 0 {
			return err
		}
		if wait.For(ctx, pause) == nil {
			continue
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("send event %s: %w", e.ID, ctx.Err())
		}
		return err
	}
}

// request writes the event down. Its address was checked with the inputs.
func (v *Versioner) request(ctx context.Context, e Event) (*http.Request, error) {
	body, err := json.Marshal(newDeploymentEvent(e))
	if err != nil {
		return nil, fmt.Errorf("write event %s: %w", e.ID, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url, bytes.NewReader(body))
	if err != nil {
		return nil, &Failure{State: e.State, Message: "the address is no URL"}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+v.key)
	request.Header.Set("User-Agent", v.agent)
	request.Header.Set("Idempotency-Key", strconv.Quote(e.ID))
	return request, nil
}

// attempt delivers once. The duration is what the receiver wants us to wait before the next try.
func (v *Versioner) attempt(ctx context.Context, request *http.Request) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTimeout, fmt.Errorf("no answer within %s", attemptTimeout))
	defer cancel()
	request = request.Clone(ctx)
	request.Body, _ = request.GetBody() // reads from memory
	response, err := v.client.Do(request)
	if err != nil {
		return 0, &Failure{Message: reason(ctx, err), uncertain: !undelivered(err)}
	}
	defer response.Body.Close() //nolint:errcheck // nothing depends on the rest of the answer
	// What can be read of an answer is enough: its status says what matters.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return retryAfter(response.Header), outcome(response.StatusCode, v.redact(body))
}

// redact takes the key out of an answer that repeats it: answers are shown to people.
func (v *Versioner) redact(body []byte) []byte {
	if v.key == "" {
		return body
	}
	return bytes.ReplaceAll(body, []byte(v.key), []byte("***"))
}

// delivery is one event on its way.
type delivery struct {
	event     Event
	uncertain bool // an attempt may have been taken, although no answer said so
}

// weigh completes the error of one attempt by what is known of the event and the attempts before. A
// start that seems to be in the way of itself was taken by an earlier attempt.
func (d *delivery) weigh(err error) error {
	if refusal, refused := errors.AsType[*Refusal](err); refused {
		if d.uncertain && refusal.byItself(d.event) {
			return nil
		}
		refusal.State, refusal.uncertain = d.event.State, d.uncertain
	}
	if failure, failed := errors.AsType[*Failure](err); failed {
		d.uncertain = d.uncertain || failure.uncertain
		failure.State, failure.uncertain = d.event.State, d.uncertain
	}
	return err
}

// byItself reports whether the deployment that is in the way of a start began with that start. The
// receiver's clock may be some seconds behind.
func (r *Refusal) byItself(e Event) bool {
	const skew = 5 * time.Second
	return e.State == config.Started && r.Status == http.StatusConflict &&
		!r.conflictSince.IsZero() && !r.conflictSince.Before(e.Times.Occurred.Add(-skew))
}

func repeatable(err error) bool {
	failure, failed := errors.AsType[*Failure](err)
	return failed && (failure.Status == 0 || failure.Status >= 500 ||
		failure.Status == http.StatusTooManyRequests || failure.Status == http.StatusRequestTimeout)
}

// undelivered reports whether no connection was made, so that nothing was sent.
func undelivered(err error) bool {
	operation, onNetwork := errors.AsType[*net.OpError](err)
	return onNetwork && operation.Op == "dial"
}

// reason says why there was no answer, without the address, which can hold a secret.
func reason(ctx context.Context, err error) string {
	if cause := context.Cause(ctx); cause != nil {
		return cause.Error()
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// retryAfter reads the header Retry-After: seconds, or a moment, which is measured by the clock of
// the same answer.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if moment, err := http.ParseTime(value); err == nil {
		if date, err := http.ParseTime(header.Get("Date")); err == nil {
			wait = moment.Sub(date)
		}
	}
	return min(wait, maxRetryAfter)
}

// backoff waits 1, 2, 4 seconds, and up to a quarter more.
func backoff(attempt int) time.Duration {
	wait := time.Second << (attempt - 1)
	return wait + rand.N(wait/4) //nolint:gosec // a jitter is no secret
}
