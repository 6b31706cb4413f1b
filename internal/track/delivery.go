package track

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lockstep-action/lockstep/internal/wait"
)

const (
	maxAttempts   = 4
	maxRetryAfter = 60 * time.Second
	maxAnswer     = 64 << 10 // bytes of an answer that are read
)

// limits bound a delivery in time.
type limits struct {
	attempt time.Duration
	total   time.Duration // with all repetitions and waits
}

// gateLimits are for a receiver that can forbid a deployment: its answer is worth waiting for.
func gateLimits() limits { return limits{attempt: 30 * time.Second, total: 90 * time.Second} }

// noticeLimits are for receivers that are only told.
func noticeLimits() limits { return limits{attempt: 10 * time.Second, total: 20 * time.Second} }

// client carries posts to one receiver.
type client struct {
	client *http.Client
	limits limits
	hide   *strings.Replacer // takes secrets out of what is shown
	judge  func(status int, said answer) error
	final  []int        // statuses by which a receiver wants to be left alone
	gone   atomic.Int32 // the one of them that it gave
}

// noRedirects returns a client that follows no redirects: secrets are meant for one host only.
func noRedirects(transport http.RoundTripper) *http.Client {
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, CheckRedirect: refuse}
}

// hiding makes what takes secrets out of a text, also as JSON may spell them. What is shorter than
// any secret stays: such a text can stand anywhere.
func hiding(secrets ...string) *strings.Replacer {
	const shortest = 6
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(secret string) bool { return len(secret) < shortest })
	// One secret can begin another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, hidden, strings.ReplaceAll(secret, "/", `\/`), hidden)
	}
	return strings.NewReplacer(pairs...)
}

// hidden stands for a secret.
const hidden = "***"

// post is one message to a receiver. Its body is the same at every attempt.
type post struct {
	url    string
	id     string
	header http.Header
	body   []byte
	sign   func(http.Header) // completes the header of an attempt, nil when there is nothing to add
	taken  func(body []byte) // is given the answer of a receiver that took it, nil when nobody reads it

	presumed func(*Refusal) // is given the refusal that shows that it was taken before, nil when nobody reads it
}

// deliver carries the posts in their order, and stops at the first that is not taken.
func (c *client) deliver(ctx context.Context, e Event, posts ...post) error {
	if status := int(c.gone.Load()); status != 0 {
		return &Failure{State: e.State, Status: status, Message: "the receiver wants no more events"}
	}
	ctx, cancel := wait.Limit(ctx, c.limits.total, fmt.Errorf("no delivery within %s", c.limits.total))
	defer cancel()
	for _, p := range posts {
		d := delivery{courier: c, event: e}
		if err := d.run(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// delivery is one post on its way.
type delivery struct {
	courier   *client
	event     Event
	uncertain bool // an attempt may have been taken, although no answer said so
}

// run delivers, and repeats what may go better the next time.
func (d *delivery) run(ctx context.Context, p post) error {
	request, err := p.request(ctx)
	if err != nil {
		return &Failure{State: d.event.State, Message: "the address is no URL"}
	}
	for attempt, left := 1, d.courier.limits.total; ; attempt++ {
		pause, err := d.courier.attempt(ctx, request, p)
		err = d.weigh(p, err)
		pause = max(pause, backoff(attempt))
		left -= pause
		if !repeatable(err) || attempt == maxAttempts || left <= 0 {
			return err
		}
		if wait.For(ctx, pause) == nil {
			continue
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("send event %s: %w", d.event.ID, ctx.Err())
		}
		return err
	}
}

func (p post) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	request.Header = p.header.Clone()
	request.Header.Set("Idempotency-Key", strconv.Quote(p.id))
	return request, nil
}

// attempt delivers once. The duration is what the receiver wants us to wait before the next try.
func (c *client) attempt(ctx context.Context, request *http.Request, p post) (time.Duration, error) {
	ctx, cancel := wait.Limit(ctx, c.limits.attempt, fmt.Errorf("no answer within %s", c.limits.attempt))
	defer cancel()
	request = request.Clone(ctx)
	request.Body, _ = request.GetBody() // reads from memory
	if p.sign != nil {
		p.sign(request.Header)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return 0, &Failure{Message: short(c.hide.Replace(reason(ctx, err))), uncertain: !undelivered(err)}
	}
	defer response.Body.Close() //nolint:errcheck // nothing depends on the rest of the answer
	// What can be read of an answer is enough: its status says what matters.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if slices.Contains(c.final, response.StatusCode) {
		c.gone.Store(int32(response.StatusCode)) //nolint:gosec // a status has three digits
	}
	err = c.judge(response.StatusCode, read(body).shown(c.hide))
	if err == nil && p.taken != nil {
		p.taken(body)
	}
	return retryAfter(response.Header), err
}

// weigh completes the error of one attempt by what is known of the event and the attempts before. A
// start that seems to be in the way of itself was taken by an earlier attempt.
func (d *delivery) weigh(p post, err error) error {
	if refusal, refused := errors.AsType[*Refusal](err); refused {
		if d.uncertain && refusal.byItself(d.event) {
			if p.presumed != nil {
				p.presumed(refusal)
			}
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
	if unknown, isName := errors.AsType[*net.DNSError](err); isName {
		return unknown.Err
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
