package gh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lockstep-action/lockstep/internal/wait"
)

const (
	maxAnswer      = 8 << 20          // bytes of one answer
	attemptTimeout = 10 * time.Second // for one request with its answer
)

// identify says who asks, and which version of the API is meant.
type identify struct {
	agent string
	next  http.RoundTripper
}

// RoundTrip adds the headers that GitHub wants on every request.
func (t identify) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", t.agent)
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	return t.next.RoundTrip(r)
}

// bounded gives each request a time limit and each answer a size limit. It reads the whole
// answer, so that the limit covers it and a cut connection is an error of the request.
type bounded struct{ next http.RoundTripper }

// RoundTrip carries out one request.
func (t bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := wait.Limit(r.Context(), attemptTimeout, fmt.Errorf("no answer within %s", attemptTimeout))
	defer cancel()
	response, err := t.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, because(ctx, err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	err = errors.Join(err, response.Body.Close())
	switch {
	case err != nil:
		return nil, because(ctx, err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("answer is longer than %d bytes", maxAnswer)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// because says why a context ended, where that is the reason of an error.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
