package gh_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// filling completes answers to GraphQL requests that a test wrote by hand, since GitHub leaves out nothing that
// was asked for.
type filling struct{ next http.RoundTripper }

func (f filling) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || !strings.HasSuffix(r.URL.Path, "/graphql") {
		return f.next.RoundTrip(r)
	}
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(asked))
	response, err := f.next.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK || response.ContentLength > 1<<20 {
		return response, err
	}
	answered, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(filled(asked, answered)), failing{err}))
	return response, nil
}

// failing is the end of an answer.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

func filled(asked, answered []byte) []byte {
	var request struct{ Query string }
	var answer map[string]any
	decoder := json.NewDecoder(bytes.NewReader(answered))
	decoder.UseNumber()
	if json.Unmarshal(asked, &request) != nil || decoder.Decode(&answer) != nil {
		return answered
	}
	document, err := parser.ParseQuery(&ast.Source{Input: request.Query})
	data, isObject := answer["data"].(map[string]any)
	if err != nil || !isObject {
		return answered
	}
	fill(document.Operations[0].SelectionSet, data)
	text, err := json.Marshal(answer)
	if err != nil {
		return answered
	}
	return text
}

// fill gives an object what was asked for; of a fragment only if some of it is there.
func fill(set ast.SelectionSet, object map[string]any) {
	for _, one := range set {
		switch one := one.(type) {
		case *ast.Field:
			if _, there := object[one.Alias]; !there {
				object[one.Alias] = nothing(one.Name)
			}
			fillBelow(one.SelectionSet, object[one.Alias])
		case *ast.InlineFragment:
			for _, inner := range one.SelectionSet {
				if _, there := object[inner.(*ast.Field).Alias]; there { //nolint:forcetypeassert // we nest no fragments
					fill(one.SelectionSet, object)
				}
			}
		}
	}
}

func fillBelow(set ast.SelectionSet, value any) {
	switch value := value.(type) {
	case map[string]any:
		fill(set, value)
	case []any:
		for _, element := range value {
			fillBelow(set, element)
		}
	}
}

// nothing is the value that says least, by the name of a field.
func nothing(name string) any {
	switch {
	case strings.HasPrefix(name, "is"), strings.HasPrefix(name, "has"), strings.HasPrefix(name, "require"), strings.HasPrefix(name, "strict"), strings.HasPrefix(name, "dismiss"):
		return false
	case name == "number", name == "cost", name == "remaining", strings.HasSuffix(name, "Count"), strings.HasSuffix(name, "By"):
		return 0
	}
	return nil
}
