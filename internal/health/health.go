// Package health checks applications over HTTP after they were deployed.
//
// It tells them nothing: a request has no secret, no cookie and no header but the name of the program. Redirects are
// not followed, and names that lead into a network are refused when the connection is made.
package health

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/policy"
	"github.com/lockstep-action/lockstep/internal/wait"
)

// Options are what a Checker needs to know.
type Options struct {
	Agent     string            // for the User-Agent header
	Transport http.RoundTripper // what reaches the network
	Internal  bool              // addresses inside of a network may be asked
	Log       *slog.Logger      // gets each attempt
}

// Checker asks applications.
type Checker struct {
	agent string
	wire  http.RoundTripper
	log   *slog.Logger
}

// New returns a Checker.
func New(o Options) *Checker {
	return &Checker{agent: o.Agent, wire: guarded(o), log: o.Log}
}

// Deployed is what was deployed: the values of placeholders.
type Deployed struct{ SHA, Version string }

// Run makes all checks at the same time, and returns the results in their order.
func (c *Checker) Run(ctx context.Context, checks []policy.HealthCheck, d Deployed) []deploy.HealthResult {
	results := make([]deploy.HealthResult, len(checks))
	var group sync.WaitGroup
	for i, check := range checks {
		group.Go(func() { results[i] = c.run(ctx, check, d) })
	}
	group.Wait()
	return results
}

// run asks until an answer is good.
func (c *Checker) run(ctx context.Context, check policy.HealthCheck, d Deployed) deploy.HealthResult {
	result := deploy.HealthResult{URL: check.Address(), Answers: []string{}, Result: deploy.Unhealthy}
	text, problem := deploy.HealthText(check.Contains, d.SHA, d.Version)
	if problem != "" {
		result.Problem = problem
		c.log.Info("health check", "address", result.Name(), "problem", problem)
		return result
	}
	for attempt := 1; ; attempt++ {
		answer, good := c.ask(ctx, check, text)
		if ctx.Err() != nil && !good {
			result.Result = deploy.Unchecked
			return result
		}
		result.Answers = append(result.Answers, answer)
		c.log.Info("health check", "address", result.Name(), "attempt", attempt, "of", check.Tries(), "answer", answer, "good", good)
		if good {
			result.Result = deploy.Healthy
			return result
		}
		if attempt == check.Tries() {
			return result
		}
		if wait.For(ctx, check.Pause()) != nil {
			result.Result = deploy.Unchecked
			return result
		}
	}
}

// errSlow ends an attempt.
var errSlow = fmt.Errorf("no answer within %s", policy.HealthPatience)

// ask makes one attempt. The answer is in a few words of ours, and has nothing of what the application says.
func (c *Checker) ask(ctx context.Context, check policy.HealthCheck, text string) (answer string, good bool) {
	ctx, cancel := wait.Limit(ctx, policy.HealthPatience, errSlow)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, check.URL, nil)
	if err != nil {
		return "was not asked: the address is not a URL", false
	}
	request.Header.Set("User-Agent", c.agent)
	response, err := c.wire.RoundTrip(request)
	if err != nil {
		return c.explain(ctx, err), false
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	switch status := strconv.Itoa(response.StatusCode); {
	case !check.Takes(response.StatusCode) && response.StatusCode/100 == 3:
		return status + ", a redirect, which is not followed", false
	case !check.Takes(response.StatusCode):
		return status, false
	case text == "":
		return status, true
	default:
		return c.read(ctx, response, text)
	}
}

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 64 << 10

func (c *Checker) read(ctx context.Context, response *http.Response, text string) (answer string, good bool) {
	status := strconv.Itoa(response.StatusCode)
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case strings.Contains(string(body), text):
		return status, true
	case err != nil:
		return c.explain(ctx, err), false
	case len(body) == maxAnswer:
		return status + ", its first 64 KiB without " + brief(text), false
	}
	return status + " without " + brief(text), false
}

// brief shortens the text that is looked for.
func brief(text string) string {
	const most = 48
	return deploy.Shorten(text, most)
}

// explain says why there was no answer. The error itself may name addresses inside of a network: only the log has it.
func (c *Checker) explain(ctx context.Context, err error) string {
	c.log.Debug("health check had no answer", "error", err.Error())
	unknown, isName := errors.AsType[*net.DNSError](err)
	_, isUntrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, isUnknownIssuer := errors.AsType[x509.UnknownAuthorityError](err)
	refusal, isRefused := errors.AsType[*internalError](err)
	switch {
	case isRefused:
		return "was not asked: " + refusal.Error()
	case errors.Is(context.Cause(ctx), errSlow), errors.Is(err, context.DeadlineExceeded):
		return "gave no answer within " + policy.HealthPatience.String()
	case isName && unknown.IsNotFound:
		return "was not found: its name is unknown"
	case isName:
		return "was not found: its name could not be looked up"
	case isUntrusted, isUnknownIssuer:
		return "has a certificate that is not valid"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused the connection"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "cut the connection"
	}
	return "gave no answer"
}
