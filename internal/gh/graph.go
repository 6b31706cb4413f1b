package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/shurcooL/githubv4"
)

// GraphError is one entry of the errors of a GraphQL answer.
type GraphError struct {
	Type    string `json:"type"` // NOT_FOUND, FORBIDDEN, RATE_LIMITED, …
	Path    []any  `json:"path"` // field names, and numbers for places in lists
	Message string `json:"message"`
}

// Error returns GitHub's type and message.
func (e *GraphError) Error() string {
	return strings.TrimSpace(e.Type + " " + e.Message)
}

// on reports whether the error lies at or below a field.
func (e *GraphError) on(field string) bool {
	return slices.Contains(e.Path, any(field))
}

// graph asks GraphQL, and accepts only complete answers: the client library leaves what is missing at its zero
// value, which reads as "no draft", "no fork" or "not a commit behind".
type graph struct {
	url  string
	wire http.RoundTripper
}

// query runs a query. An error anywhere in the answer fails it.
func (g graph) query(ctx context.Context, document any, variables map[string]any) error {
	return strict(g.queryParts(ctx, document, variables))
}

// queryParts runs a query whose parts may fail on their own: it returns the errors next to the data.
func (g graph) queryParts(ctx context.Context, document any, variables map[string]any) ([]*GraphError, error) {
	return g.call(document, func(c *githubv4.Client) error { return c.Query(mayRepeat(ctx), document, variables) })
}

// mutate runs a mutation. An error anywhere in the answer fails it.
func (g graph) mutate(ctx context.Context, document any, input githubv4.Input) error {
	return strict(g.mutateParts(ctx, document, input, nil))
}

// mutateParts runs a mutation, and returns the errors next to the data that it reads.
func (g graph) mutateParts(ctx context.Context, document any, input githubv4.Input, variables map[string]any) ([]*GraphError, error) {
	return g.call(document, func(c *githubv4.Client) error { return c.Mutate(ctx, document, input, variables) })
}

func (g graph) call(document any, send func(*githubv4.Client) error) ([]*GraphError, error) {
	captured := &capture{next: g.wire}
	err := send(githubv4.NewEnterpriseClient(g.url, door(captured)))
	if err == nil {
		err = checkComplete(reflect.TypeOf(document), captured.data)
	}
	return captured.problems, err
}

// strict makes the first error next to the data the error of the request.
func strict(problems []*GraphError, err error) error {
	if len(problems) > 0 {
		return problems[0]
	}
	return err
}

// capture is the transport of one call. It keeps the answer's data and the errors next to them, which would
// hide the data from the client library. Errors in place of data fail the request.
type capture struct {
	next     http.RoundTripper
	data     json.RawMessage
	problems []*GraphError
}

func (c *capture) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // the whole answer is in memory
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read GraphQL answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response.StatusCode, body)
	}
	if body, err = c.split(body); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func (c *capture) split(body []byte) ([]byte, error) {
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []*GraphError   `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read GraphQL answer: %w", err)
	}
	c.data = answer.Data
	switch {
	case len(answer.Errors) == 0:
		return body, nil
	case slices.Contains(answer.Errors, nil):
		return nil, errNoError
	case !hasData(answer.Data):
		return nil, answer.Errors[0]
	}
	c.problems = answer.Errors
	return json.Marshal(map[string]json.RawMessage{"data": answer.Data})
}

const errNoError = constant("the answer has null instead of an error")

func hasData(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return false
	}
	for _, field := range fields {
		if !isNull(field) {
			return true
		}
	}
	return false
}
