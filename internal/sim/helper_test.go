package sim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/sim"
)

// schema is compiled once for all tests.
var schema = sync.OnceValues(func() (*sim.Schema, error) {
	graphql, err := os.ReadFile("../../testdata/schema/github.graphql")
	if err != nil {
		return nil, err
	}
	openapi, err := os.ReadFile("../../testdata/schema/rest.openapi.json")
	if err != nil {
		return nil, err
	}
	return sim.LoadSchema(graphql, openapi)
})

// start returns a repository acme/shop. At the end of the test the violations of the contract
// must be the given ones; each needs to contain its text only.
func start(t testing.TB, violations ...string) *sim.GitHub {
	t.Helper()
	compiled, err := schema()
	require.NoError(t, err)
	g := sim.New(compiled, sim.Repository{})
	t.Cleanup(func() {
		found := g.Violations()
		if assert.Len(t, found, len(violations), "violations: %q", found) {
			for i, want := range violations {
				assert.Contains(t, found[i], want)
			}
		}
	})
	return g
}

// ask sends a request with the default token. A body that is no string is sent as JSON.
func ask(t testing.TB, g *sim.GitHub, route string, body any) (int, any) {
	t.Helper()
	response := send(t, g.Client(), request(t, route, body))
	return response.StatusCode, read(t, response)
}

// request makes a request out of a method and a path.
func request(t testing.TB, route string, body any) *http.Request {
	t.Helper()
	method, path, found := strings.Cut(route, " ")
	require.True(t, found, route)
	if strings.HasPrefix(path, "/.") {
		path = "/repos/acme/shop" + path[len("/."):]
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(encode(t, body))
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "https://api.github.com"+path, content)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+sim.DefaultToken)
	r.Header.Set("User-Agent", "test")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func encode(t testing.TB, body any) []byte {
	t.Helper()
	if text, ok := body.(string); ok {
		return []byte(text)
	}
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return data
}

func send(t testing.TB, client *http.Client, r *http.Request) *http.Response {
	t.Helper()
	response, err := client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// read decodes the body of a response with exact numbers, nil for an empty one.
func read(t testing.TB, response *http.Response) any {
	t.Helper()
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if len(data) == 0 {
		return nil
	}
	return decode(t, data)
}

func decode(t testing.TB, data []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value), "%s", data)
	return value
}

// exchange is a raw request and what must be in its answer. In the expected JSON a text that
// begins with ~ has to be contained only, and objects may lack fields.
type exchange struct {
	name  string
	route string // method and path; "/." is the repository
	body  any
	want  int
	json  string
}

// answered is an exchange with its answer.
type answered struct {
	exchange
	status int
	got    any
}

// play asks one after the other, and checks each answer in a test of its own. All requests are sent even when one
// such test is run alone: an answer may depend on the requests before.
func play(t *testing.T, g *sim.GitHub, exchanges []exchange) {
	t.Helper()
	check(t, answers(t, g, exchanges))
}

// answers asks one after the other, and leaves the checks for later: a synctest bubble has no tests inside.
func answers(t *testing.T, g *sim.GitHub, exchanges []exchange) []answered {
	t.Helper()
	var all []answered
	for _, e := range exchanges {
		status, got := ask(t, g, e.route, e.body)
		all = append(all, answered{e, status, got})
	}
	return all
}

// check compares answers with what is wanted.
func check(t *testing.T, all []answered) {
	t.Helper()
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			require.Equal(t, a.want, a.status, "%s answered %v", a.route, a.got)
			if a.json != "" {
				includes(t, a.json, a.got)
			}
		})
	}
}

// includes checks that a value has at least what the expected JSON says.
func includes(t testing.TB, want string, got any) {
	t.Helper()
	for _, difference := range differences(decode(t, []byte(want)), got, "") {
		t.Error(difference)
	}
}

func differences(want, got any, at string) []string {
	var list []string
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: want an object, got %v", at, got)}
		}
		for key, value := range want {
			field, present := object[key]
			if !present {
				list = append(list, fmt.Sprintf("%s.%s is missing", at, key))
				continue
			}
			list = append(list, differences(value, field, at+"."+key)...)
		}
	case []any:
		elements, ok := got.([]any)
		if !ok || len(elements) != len(want) {
			return []string{fmt.Sprintf("%s: want %d elements, got %v", at, len(want), got)}
		}
		for i, value := range want {
			list = append(list, differences(value, elements[i], fmt.Sprintf("%s[%d]", at, i))...)
		}
	default:
		text, isText := got.(string)
		part, isPart := want.(string)
		if isText && isPart && strings.HasPrefix(part, "~") && strings.Contains(text, part[1:]) || want == got {
			return nil
		}
		return []string{fmt.Sprintf("%s: want %v, got %v", at, want, got)}
	}
	return list
}

// query sends a GraphQL document and returns the response's body.
func query(t testing.TB, g *sim.GitHub, document string, variables map[string]any) any {
	t.Helper()
	status, body := ask(t, g, "POST /graphql", map[string]any{"query": document, "variables": variables})
	require.Equal(t, http.StatusOK, status, "%v", body)
	return body
}

// repository is query for fields of the repository; their errors are not expected.
func repository(t testing.TB, g *sim.GitHub, fields string) map[string]any {
	t.Helper()
	body := query(t, g, `{ repository(owner: "acme", name: "shop") { `+fields+` } }`, nil)
	answer, ok := body.(map[string]any)
	require.True(t, ok)
	require.NotContains(t, answer, "errors")
	data, _ := answer["data"].(map[string]any)
	found, ok := data["repository"].(map[string]any)
	require.True(t, ok, "%v", body)
	return found
}
