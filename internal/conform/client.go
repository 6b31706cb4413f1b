package conform

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	requestTimeout = 20 * time.Second
	maxAnswer      = 4 << 20 // bytes
)

// client asks GitHub with plain JSON. It never follows a redirect, because the token would go along.
type client struct {
	http          *http.Client
	rest, graphQL string
	owner, name   string
	token         string
}

func newClient(o Options) (*client, error) {
	owner, name, found := strings.Cut(o.Repository, "/")
	if !found || owner == "" || name == "" || strings.ContainsAny(name, "/?#") {
		return nil, fmt.Errorf("the repository %q is not like OWNER/NAME", o.Repository)
	}
	address := strings.TrimSuffix(o.API, "/")
	if address == "" {
		address = "https://api.github.com"
	}
	if parsed, err := url.Parse(address); err != nil || parsed.Host == "" {
		return nil, fmt.Errorf("the API address %q is not a URL", address)
	}
	if o.Token == "" {
		return nil, errors.New("there is no token: set GITHUB_TOKEN")
	}
	graphQL := address + "/graphql"
	if enterprise, is := strings.CutSuffix(address, "/api/v3"); is {
		graphQL = enterprise + "/api/graphql"
	}
	return &client{
		http: &http.Client{
			Transport:     o.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		rest: address, graphQL: graphQL, owner: owner, name: name, token: o.Token,
	}, nil
}

// refusal is an answer that says no.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("HTTP %d: %s", r.status, r.message) }

// notAccessible is how GitHub begins to say that a permission is missing.
const notAccessible = "Resource not accessible by "

func (r *refusal) is(status int) bool { return r != nil && r.status == status }

func (r *refusal) isPermission() bool {
	return r.is(http.StatusForbidden) && strings.Contains(r.message, notAccessible)
}

// refused tells a refusal from any other error.
func refused(err error) (*refusal, error) {
	said, ok := errors.AsType[*refusal](err)
	if ok || err == nil {
		return said, nil
	}
	return nil, err
}

// call sends a request below the repository and returns the answer's JSON.
func (c *client) call(ctx context.Context, method, path string, body any) (any, error) {
	address := c.rest + "/repos/" + url.PathEscape(c.owner) + "/" + url.PathEscape(c.name) + path
	return c.send(ctx, method, address, body)
}

func (c *client) send(ctx context.Context, method, address string, body any) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, fmt.Errorf("no answer within %s", requestTimeout))
	defer cancel()
	request, err := c.request(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.cause(ctx, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, c.cause(ctx, err)
	}
	var answered any
	if err := json.Unmarshal(data, &answered); err != nil && len(data) > 0 && response.StatusCode < http.StatusMultipleChoices {
		return nil, errors.New("the answer is no JSON, or longer than this program reads")
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return answered, &refusal{response.StatusCode, cmp.Or(messageOf(answered), http.StatusText(response.StatusCode))}
	}
	return answered, nil
}

func (c *client) request(ctx context.Context, method, address string, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write request: %w", err)
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("User-Agent", "lockstep-conform")
	request.Header.Set("Accept", "application/vnd.github+json")
	request.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// cause prefers the reason why a context ended over what the client says about it.
func (c *client) cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// escaped is the name of a branch as part of a path.
func escaped(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// messageOf is what a refusal says, with the messages of single fields.
func messageOf(answered any) string {
	var said []string
	if message := text(at(answered, "message")); message != "" {
		said = append(said, message)
	}
	for _, one := range list(at(answered, "errors")) {
		if message := text(at(one, "message")); message != "" {
			said = append(said, message)
		}
	}
	return strings.Join(said, ": ")
}

// problem is one entry of the errors of a GraphQL answer.
type problem struct {
	Type       string `json:"type"`
	Path       []any  `json:"path"`
	Message    string `json:"message"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// where is the path with dots between its parts.
func (p problem) where() string {
	parts := make([]string, len(p.Path))
	for i, part := range p.Path {
		parts[i] = fmt.Sprint(part)
	}
	return strings.Join(parts, ".")
}

// reply is a GraphQL answer: data, errors, or both.
type reply struct {
	data     any
	problems []problem
}

// isOf reports whether the first error is of a type.
func (r reply) isOf(kind string) bool { return len(r.problems) > 0 && r.problems[0].Type == kind }

// said sums the errors up, "no error" without any.
func (r reply) said() string {
	if len(r.problems) == 0 {
		return "no error"
	}
	var all []string
	for _, one := range r.problems {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s at %q", one.Type, one.Message, one.where())))
	}
	return strings.Join(all, "; ")
}

// graph asks GraphQL. Errors in the answer are part of the reply.
func (c *client) graph(ctx context.Context, document string, variables map[string]any) (reply, error) {
	answered, err := c.send(ctx, http.MethodPost, c.graphQL, map[string]any{"query": document, "variables": variables})
	if err != nil {
		return reply{}, err
	}
	got := reply{data: at(answered, "data")}
	encoded, err := json.Marshal(at(answered, "errors"))
	if err == nil {
		err = json.Unmarshal(encoded, &got.problems)
	}
	return got, err
}

// at follows names and places of lists into JSON; what is not there is nil.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(map[string]any)
			value = fields[step]
		case int:
			elements := list(value)
			if step < 0 || step >= len(elements) {
				return nil
			}
			value = elements[step]
		}
	}
	return value
}

func text(value any) string {
	found, _ := value.(string)
	return found
}

func number(value any) int64 {
	found, _ := value.(float64)
	return int64(found)
}

// bigNumber reads a number that GraphQL may write as text.
func bigNumber(value any) int64 {
	found, err := strconv.ParseInt(text(value), 10, 64)
	if err != nil {
		return number(value)
	}
	return found
}

func list(value any) []any {
	found, _ := value.([]any)
	return found
}

// instant reads a time, the zero time for anything else.
func instant(value any) time.Time {
	found, err := time.Parse(time.RFC3339, text(value))
	if err != nil {
		return time.Time{}
	}
	return found
}
