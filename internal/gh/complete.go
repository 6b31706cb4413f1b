package gh

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/shurcooL/githubv4"
)

// graph asks GraphQL, and takes no answer that lacks something: the client library leaves what is missing at
// its zero value, which reads as "no draft", "no fork" or "not a commit behind".
type graph struct{ client *githubv4.Client }

// Query carries out a query.
func (g graph) Query(ctx context.Context, document any, variables map[string]any) error {
	ctx, data := keep(ctx)
	if err := g.client.Query(ctx, document, variables); err != nil {
		return err
	}
	return whole(reflect.TypeOf(document), *data)
}

// Mutate carries out a mutation.
func (g graph) Mutate(ctx context.Context, document any, input githubv4.Input, variables map[string]any) error {
	ctx, data := keep(ctx)
	if err := g.client.Mutate(ctx, document, input, variables); err != nil {
		return err
	}
	return whole(reflect.TypeOf(document), *data)
}

type keeper struct{}

// keep asks for the data of an answer as it came.
func keep(ctx context.Context) (context.Context, *json.RawMessage) {
	data := new(json.RawMessage)
	return context.WithValue(ctx, keeper{}, data), data
}

// whole makes sure that data hold everything that a type asks for. What GitHub may leave out it says to be null.
func whole(t reflect.Type, data json.RawMessage) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if isNull(data) {
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		return wholeObject(t, data)
	case reflect.Slice:
		return wholeList(t.Elem(), data)
	case reflect.Bool, reflect.Int, reflect.Int64:
		if isNull(data) {
			return fmt.Errorf("the answer holds null instead of %s", t.Kind())
		}
	default: // the client library has read it
	}
	return nil
}

func isNull(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

func wholeList(t reflect.Type, data json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("the answer holds something else instead of a list: %w", err)
	}
	for _, element := range list {
		if err := whole(t, element); err != nil {
			return err
		}
	}
	return nil
}

func wholeObject(t reflect.Type, data json.RawMessage) error {
	if t.NumField() == 0 || t.Field(0).PkgPath != "" || isNull(data) {
		return nil // a moment, or an object that is not there
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("the answer holds something else instead of an object: %w", err)
	}
	return wholeFields(t, members)
}

// wholeFields looks at each field of an object. A fragment is there with all of its fields, or it is one of
// another type.
func wholeFields(t reflect.Type, members map[string]json.RawMessage) error {
	for field := range t.Fields() {
		var err error
		switch name := answerName(field); {
		case field.Anonymous, name == "" && begun(field.Type, members):
			err = wholeFields(field.Type, members)
		case name != "":
			data, there := members[name]
			if !there {
				return fmt.Errorf("the answer lacks %q", name)
			}
			err = whole(field.Type, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begun reports whether any field of a fragment is there.
func begun(t reflect.Type, members map[string]json.RawMessage) bool {
	for field := range t.Fields() {
		if _, there := members[answerName(field)]; there {
			return true
		}
	}
	return false
}

// answerName is the name of a field in an answer, "" for a fragment, which has none.
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
