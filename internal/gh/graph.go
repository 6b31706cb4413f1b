package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// GraphError is one entry of the errors of a GraphQL answer.
type GraphError struct {
	Type    string `json:"type"` // NOT_FOUND, FORBIDDEN, RATE_LIMITED, …
	Path    []any  `json:"path"` // field names, and numbers for places in lists
	Message string `json:"message"`
}

// Error says what GitHub said.
func (e *GraphError) Error() string {
	return strings.TrimSpace(e.Type + " " + e.Message)
}

// on reports whether the error lies at or below a field.
func (e *GraphError) on(field string) bool {
	for _, step := range e.Path {
		if step == field {
			return true
		}
	}
	return false
}

type collector struct{}

// collect asks for the errors that come with an answer that still holds data. Without it they
// would hide the data, and show only the first of them.
func collect(ctx context.Context) (context.Context, *[]*GraphError) {
	found := new([]*GraphError)
	return context.WithValue(ctx, collector{}, found), found
}

// graphErrors takes the errors out of GraphQL answers: those beside data are collected, those
// instead of data become the request's error.
type graphErrors struct{ next http.RoundTripper }

// RoundTrip carries out one GraphQL request.
func (t graphErrors) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
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
	body, err = split(r.Context(), body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// split keeps the data of an answer and hands its errors to whoever collects them.
func split(ctx context.Context, body []byte) ([]byte, error) {
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []*GraphError   `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read GraphQL answer: %w", err)
	}
	if kept, wanted := ctx.Value(keeper{}).(*json.RawMessage); wanted {
		*kept = answer.Data
	}
	if len(answer.Errors) == 0 {
		return body, nil
	}
	if slices.Contains(answer.Errors, nil) {
		return nil, errNoError
	}
	found, wanted := ctx.Value(collector{}).(*[]*GraphError)
	if !wanted || !hasData(answer.Data) {
		return nil, answer.Errors[0]
	}
	*found = answer.Errors
	return json.Marshal(map[string]json.RawMessage{"data": answer.Data})
}

const errNoError = constant("the answer holds null instead of an error")

// hasData reports whether any top-level field came back.
func hasData(data json.RawMessage) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return false
	}
	for _, field := range fields {
		if string(field) != "null" {
			return true
		}
	}
	return false
}
