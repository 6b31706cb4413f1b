package gh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/shurcooL/githubv4"

	"github.com/lockstep-action/lockstep/internal/deploy"
)

// GraphError is one entry of the errors of a GraphQL answer.
type GraphError struct {
	Type    string `json:"type"` // NOT_FOUND, FORBIDDEN, RATE_LIMITED, …
	Path    []any  `json:"path"` // field names, and numbers for places in lists
	Message string `json:"message"`

	Extensions struct {
		Code string `json:"code"` // undefinedField, …
	} `json:"extensions"`
}

// Error returns GitHub's type and message.
func (e *GraphError) Error() string {
	return strings.TrimSpace(e.Type + " " + e.Message)
}

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

func (g graph) mutate(ctx context.Context, document any, input githubv4.Input, variables map[string]any) ([]*GraphError, error) {
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

func strict(problems []*GraphError, err error) error {
	if len(problems) > 0 {
		return problems[0]
	}
	return err
}

// Document is a GraphQL document with its variables, as it is sent.
type Document struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

// FactsDocument returns the one query that Facts asks for these needs.
func FactsDocument(ctx context.Context, owner, name string, needs deploy.Needs) (Document, error) {
	sent := &recorder{}
	on := &repository{owner: owner, name: name, graph: graph{url: "https://api.github.com/graphql", wire: sent}}
	_, err := (&reader{repository: on}).ask(ctx, needs)
	if errors.Is(err, errRecorded) {
		err = nil
	}
	return sent.document, err
}

// recorder keeps the document of a request instead of sending it.
type recorder struct{ document Document }

const errRecorded = constant("the document was recorded")

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	defer request.Body.Close() //nolint:errcheck // it is in memory
	if err := json.NewDecoder(request.Body).Decode(&r.document); err != nil {
		return nil, fmt.Errorf("read GraphQL document: %w", err)
	}
	return nil, errRecorded
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

// checkComplete makes sure that data has everything that a type asks for. What GitHub may leave out is null.
func checkComplete(t reflect.Type, data json.RawMessage) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if isNull(data) {
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		return checkCompleteObject(t, data)
	case reflect.Slice:
		return checkCompleteList(t.Elem(), data)
	case reflect.Bool, reflect.Int, reflect.Int64:
		if isNull(data) {
			return fmt.Errorf("the answer has null instead of %s", t.Kind())
		}
	default: // the client library has read it
	}
	return nil
}

func isNull(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

func checkCompleteList(t reflect.Type, data json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("the answer has something other than a list: %w", err)
	}
	for _, element := range list {
		if err := checkComplete(t, element); err != nil {
			return err
		}
	}
	return nil
}

func checkCompleteObject(t reflect.Type, data json.RawMessage) error {
	if t.NumField() == 0 || t.Field(0).PkgPath != "" || isNull(data) {
		return nil // a time, or an object that is not there
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("the answer has something other than an object: %w", err)
	}
	return checkCompleteFields(t, members)
}

// checkCompleteFields looks at each field of an object. A fragment is there with all of its fields, or it is one of
// another type.
func checkCompleteFields(t reflect.Type, members map[string]json.RawMessage) error {
	for field := range t.Fields() {
		var err error
		switch name := answerName(field); {
		case field.Anonymous, name == "" && partlyThere(field.Type, members):
			err = checkCompleteFields(field.Type, members)
		case name != "":
			data, there := members[name]
			if !there {
				return fmt.Errorf("the answer lacks %q", name)
			}
			err = checkComplete(field.Type, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func partlyThere(t reflect.Type, members map[string]json.RawMessage) bool {
	for field := range t.Fields() {
		if _, there := members[answerName(field)]; there {
			return true
		}
	}
	return false
}

func answerName(field reflect.StructField) string {
	tag, tagged := field.Tag.Lookup("graphql")
	switch {
	case strings.HasPrefix(tag, "..."):
		return ""
	case tagged:
		return tag[:len(tag)-len(strings.TrimLeftFunc(tag, isNameRune))]
	}
	name := strings.NewReplacer("ID", "Id", "URL", "Url").Replace(field.Name)
	return strings.ToLower(name[:1]) + name[1:]
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
