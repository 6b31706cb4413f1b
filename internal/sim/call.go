package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/sim/graph"
)

// object is a JSON object.
type object = map[string]any

// call is one request on its way through the simulator.
type call struct {
	request   *http.Request
	path      string // escaped, without a GitHub Enterprise prefix
	query     url.Values
	body      []byte
	fields    object // the body when it is a JSON object
	token     *credential
	route     *route
	params    map[string]string // unescaped path parameters
	operation string
	document  *graph.Document
	problems  []graph.Problem
}

// answer is what the simulator says to a call.
type answer struct {
	status int
	body   any // nil for an empty body
	header map[string]string
}

// plain is a body that is no JSON.
type plain string

func reply(status int, body any) answer { return answer{status: status, body: body} }

// refuse is an error in the form of GitHub's REST interface.
func refuse(status int, message string) answer {
	return reply(status, object{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
}

// invalid is a failed validation, with what is wrong with which field of which resource.
func invalid(resource, field, code, message string) answer {
	entry := object{"resource": resource, "code": code}
	if field != "" {
		entry["field"] = field
	}
	if message != "" {
		entry["message"] = message
	}
	return reply(http.StatusUnprocessableEntity, object{
		"message": "Validation Failed", "errors": []any{entry},
		"documentation_url": "https://docs.github.com/rest", "status": "422",
	})
}

// receive reads a request. A body that cannot be read is left empty; validation finds it.
func (g *GitHub) receive(r *http.Request) *call {
	c := &call{request: r, path: r.URL.EscapedPath(), query: r.URL.Query(), params: map[string]string{}}
	c.body, _ = io.ReadAll(r.Body)
	for _, prefix := range []string{"/api/v3", "/api/graphql"} {
		if rest, ok := strings.CutPrefix(c.path, prefix); ok && (rest == "" || rest[0] == '/') {
			c.path = map[string]string{"/api/v3": rest, "/api/graphql": "/graphql" + rest}[prefix]
		}
	}
	if c.isGraphQL() {
		g.readDocument(c)
		return c
	}
	if fields, ok := decode(c.body).(object); ok {
		c.fields = fields
	}
	return c
}

func (c *call) isGraphQL() bool { return c.path == "/graphql" }

// decode reads JSON with exact numbers; nil means that the text is not JSON.
func decode(data []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return nil
	}
	return value
}

func (g *GitHub) answer(c *call) answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	answered := g.respond(c)
	answered.header = g.headers(c, answered.header)
	return answered
}

func (g *GitHub) respond(c *call) answer {
	if refused, ok := g.admit(c); !ok {
		return refused
	}
	g.caller = c.token.Login
	defer func() { g.caller = "" }()
	if c.isGraphQL() {
		return g.graphQL(c)
	}
	return g.rest(c)
}

func (a answer) write(w http.ResponseWriter) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	if text, ok := a.body.(plain); ok {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, string(text)) // the client may be gone
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(a.body) // the client may be gone
}

// text returns a field of the body, "" when it is absent or no text.
func (c *call) text(name string) string {
	value, _ := c.fields[name].(string)
	return value
}

// flag returns a field of the body, or the given value when it is absent or null.
func (c *call) flag(name string, otherwise bool) bool {
	if value, ok := c.fields[name].(bool); ok {
		return value
	}
	return otherwise
}

// number returns a path parameter, 0 when it is no number.
func (c *call) number(name string) int64 {
	value, _ := strconv.ParseInt(c.params[name], 10, 64)
	return value
}
