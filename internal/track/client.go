package track

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/wait"
)

const (
	maxAttempts   = 4
	maxRetryAfter = 60 * time.Second
	// maxAnswer is how many bytes of an answer are read: one repeats the metadata, and JSON can spell a byte as six.
	maxAnswer = 6*config.MaxMetadata + 64<<10
)

type limits struct {
	attempt time.Duration
	total   time.Duration // with all repetitions and waits
}

// gateLimits wait longer: the answer of the receiver can forbid a deployment.
func gateLimits() limits { return limits{attempt: 30 * time.Second, total: 90 * time.Second} }

func noticeLimits() limits { return limits{attempt: 10 * time.Second, total: 20 * time.Second} }

type client struct {
	http     *http.Client
	address  string      // to which the path of each request is added
	header   http.Header // of each request
	now      func() time.Time
	limits   limits
	redact   *strings.Replacer // takes secrets out of what is shown
	classify func(status int, said answer) error
	final    []int        // statuses by which a receiver wants to be left alone
	gone     atomic.Int32 // the one of them that it gave
}

func header(agent string) http.Header {
	return http.Header{"Content-Type": {"application/json"}, "User-Agent": {agent}}
}

// noRedirects returns a client that follows no redirects: secrets are meant for one host only.
func noRedirects(transport http.RoundTripper) *http.Client {
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, CheckRedirect: refuse}
}

// request is one message to a receiver. The functions are nil where there is nothing to do.
type request struct {
	path     string
	id       string
	header   http.Header                                      // next to the header of each request
	message  any                                              // becomes JSON, the same at every attempt
	sign     func(header http.Header, id string, body []byte) // completes the header of an attempt
	accepted func(body []byte) error                          // gets the answer of a receiver that accepted it, and says why it cannot be used
	presumed func(refusal *Refusal)                           // gets the refusal that shows that it was accepted before
}

func (c *client) deliver(ctx context.Context, e Event, requests ...request) error {
	if status := int(c.gone.Load()); status != 0 {
		return &Failure{State: e.State, Status: status, Message: "the receiver wants no more events"}
	}
	ctx, cancel := wait.Limit(ctx, c.limits.total, fmt.Errorf("no delivery within %s", c.limits.total))
	defer cancel()
	for _, r := range requests {
		d := delivery{client: c, request: r, event: e}
		if err := d.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

type delivery struct {
	client    *client
	request   request
	event     Event
	body      []byte
	began     time.Time
	answered  time.Time // when the newest answer was given, by the receiver's clock, zero when unknown
	uncertain bool      // an attempt may have been accepted, although no answer said so
}

func (d *delivery) run(ctx context.Context) error {
	d.began = d.client.now()
	call, err := d.call(ctx)
	if err != nil {
		return err
	}
	for attempt, left := 1, d.client.limits.total; ; attempt++ {
		pause, err := d.attempt(ctx, call)
		err = d.complete(err)
		pause = max(pause, backoff(attempt))
		left -= pause
		if !repeatable(err) || attempt == maxAttempts || left <= 0 {
			return err
		}
		if wait.For(ctx, pause) == nil {
			continue
		}
		if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return fmt.Errorf("send event %s: %w", d.event.ID, context.Canceled)
		}
		return err
	}
}

func (d *delivery) call(ctx context.Context) (*http.Request, error) {
	var err error
	if d.body, err = json.Marshal(d.request.message); err != nil {
		return nil, fmt.Errorf("write event %s: %w", d.request.id, err)
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, d.client.address+d.request.path, bytes.NewReader(d.body))
	if err != nil {
		return nil, &Failure{State: d.event.State, Message: "the address is not a URL"}
	}
	call.Header = d.client.header.Clone()
	maps.Copy(call.Header, d.request.header)
	call.Header.Set("Idempotency-Key", strconv.Quote(d.request.id))
	return call, nil
}

// attempt delivers once. The duration is what the receiver wants us to wait before the next try.
func (d *delivery) attempt(ctx context.Context, call *http.Request) (time.Duration, error) {
	c, r := d.client, d.request
	ctx, cancel := wait.Limit(ctx, c.limits.attempt, fmt.Errorf("no answer within %s", c.limits.attempt))
	defer cancel()
	call = call.Clone(ctx)
	call.Body, _ = call.GetBody() // reads from memory
	if r.sign != nil {
		r.sign(call.Header, r.id, d.body)
	}
	response, err := c.http.Do(call)
	if err != nil {
		return 0, &Failure{Message: short(c.redact.Replace(networkError(ctx, err))), uncertain: !undelivered(err)}
	}
	defer response.Body.Close() //nolint:errcheck // nothing depends on the rest of the answer
	// What can be read of an answer is enough: its status says what matters.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if slices.Contains(c.final, response.StatusCode) {
		c.gone.Store(int32(response.StatusCode)) //nolint:gosec // a status has three digits
	}
	d.answered, _ = http.ParseTime(response.Header.Get("Date"))
	err = c.classify(response.StatusCode, read(body).shown(c.redact))
	if err == nil && r.accepted != nil {
		err = r.unusable(response.StatusCode, body)
	}
	return retryAfter(response.Header), err
}

// unusable is the failure of a receiver whose answer does not say what it accepted, if anything.
func (r request) unusable(status int, body []byte) error {
	if err := r.accepted(body); err != nil {
		return &Failure{Status: status, Message: err.Error(), unusable: true, uncertain: true}
	}
	return nil
}

// complete adds to the error of one attempt what is known of the event and the attempts before. A start that is
// in the way of itself was accepted by an earlier attempt; where something else is in the way, no attempt was.
func (d *delivery) complete(err error) error {
	if refusal, refused := errors.AsType[*Refusal](err); refused {
		if d.isOwn(refusal) {
			if d.request.presumed != nil {
				d.request.presumed(refusal)
			}
			return nil
		}
		refusal.State, refusal.repeated = d.event.State, d.uncertain
		refusal.uncertain = d.uncertain && refusal.Status != http.StatusConflict
	}
	if failure, failed := errors.AsType[*Failure](err); failed {
		d.uncertain = d.uncertain || failure.uncertain
		failure.State, failure.uncertain = d.event.State, d.uncertain
	}
	return err
}

func repeatable(err error) bool {
	failure, failed := errors.AsType[*Failure](err)
	return failed && (failure.Status == 0 || failure.Status >= 500 || failure.unusable ||
		failure.Status == http.StatusTooManyRequests || failure.Status == http.StatusRequestTimeout)
}

func undelivered(err error) bool {
	operation, onNetwork := errors.AsType[*net.OpError](err)
	return onNetwork && operation.Op == "dial"
}

// networkError says why there was no answer, without the address, which can contain a secret.
func networkError(ctx context.Context, err error) string {
	if cause := context.Cause(ctx); cause != nil {
		return cause.Error()
	}
	if unknown, isName := errors.AsType[*net.DNSError](err); isName {
		return unknown.Err
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// retryAfter reads seconds, or a moment, which is measured by the clock of the same answer.
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

// ping uses HEAD, which no receiver takes for a message: any answer shows that it is there.
func (c *client) ping(ctx context.Context, path string) error {
	const timeout = 5 * time.Second
	ctx, cancel := wait.Limit(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	defer cancel()
	call, err := http.NewRequestWithContext(ctx, http.MethodHead, c.address+path, nil)
	if err != nil {
		return errors.New("the address is not a URL")
	}
	call.Header.Set("User-Agent", c.header.Get("User-Agent"))
	response, err := c.http.Do(call)
	if err != nil {
		return errors.New(short(c.redact.Replace(networkError(ctx, err))))
	}
	defer response.Body.Close() //nolint:errcheck // there is no body to a HEAD
	switch status := response.StatusCode; {
	case status >= 500 && status != http.StatusNotImplemented: // which is about HEAD
		return fmt.Errorf("it answers with HTTP %d", status)
	case status >= 300 && status < 400:
		return fmt.Errorf("it redirects (HTTP %d), and messages do not follow redirects", status)
	}
	return nil
}
