// Package graph answers GraphQL requests: it validates a document against a schema and walks
// its syntax tree over resolvers.
//
// A field that the schema has and no resolver answers is reported as an [UnresolvedError]: a
// gap of the server is never taken for an answer.
package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Fields maps the names of an object's fields to plain values, to objects and lists of them,
// or to resolvers.
type Fields map[string]any

// Object is a value of one of the schema's object types. Without a type it has the one that its
// field declares, which must not be an interface or a union then.
type Object struct {
	Type   string
	Fields Fields
}

// Resolver computes a field. An error becomes an entry of the response's errors, and the field
// becomes null; an [Error] also tells the entry's type.
type Resolver func(Args) (any, error)

// Lazy makes a resolver of a function that needs no arguments and cannot fail.
func Lazy(value func() any) Resolver {
	return func(Args) (any, error) { return value(), nil }
}

// Error is a failed field with the type that the API gives such failures, such as NOT_FOUND.
type Error struct {
	Type    string
	Message string
}

// Error returns the message alone, as the response shows it.
func (e *Error) Error() string { return e.Message }

// NewError makes an error with a type and a formatted message.
func NewError(kind, format string, args ...any) error {
	return &Error{Type: kind, Message: fmt.Sprintf(format, args...)}
}

// UnresolvedError reports a field that the schema has and the server does not answer.
type UnresolvedError struct{ Type, Field string }

// Error names the field.
func (e *UnresolvedError) Error() string {
	return fmt.Sprintf("field %s.%s is not simulated", e.Type, e.Field)
}

// Args are the arguments of one field, with the schema's defaults filled in.
type Args struct {
	Field  string // the field's name
	values map[string]any
}

// Int returns a whole number, and whether it was given and not null.
func (a Args) Int(name string) (int, bool) {
	switch value := a.values[name].(type) {
	case int64:
		return int(value), true
	case int:
		return value, true
	case float64:
		return int(value), true
	case json.Number:
		number, err := strconv.Atoi(value.String())
		return number, err == nil
	}
	return 0, false
}

// String returns a text, an enum value or an id; "" when it was not given.
func (a Args) String(name string) string {
	text, _ := a.values[name].(string)
	return text
}

// Bool returns a truth value, false when it was not given.
func (a Args) Bool(name string) bool {
	value, _ := a.values[name].(bool)
	return value
}

// Given reports whether an argument is present and not null.
func (a Args) Given(name string) bool { return a.values[name] != nil }

// Strings returns a list of texts; one value is a list of one.
func (a Args) Strings(name string) []string {
	if text, ok := a.values[name].(string); ok {
		return []string{text}
	}
	var texts []string
	for _, element := range a.list(name) {
		if text, ok := element.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Object returns an input object's fields as arguments.
func (a Args) Object(name string) Args {
	values, _ := a.values[name].(map[string]any)
	return Args{Field: a.Field, values: values}
}

// Objects returns a list of input objects.
func (a Args) Objects(name string) []Args {
	var objects []Args
	for _, element := range a.list(name) {
		if values, ok := element.(map[string]any); ok {
			objects = append(objects, Args{Field: a.Field, values: values})
		}
	}
	return objects
}

func (a Args) list(name string) []any {
	switch value := a.values[name].(type) {
	case []any:
		return value
	case []map[string]any:
		return List(slices.Values(value))
	case []string:
		return List(slices.Values(value))
	case map[string]any:
		return []any{value}
	}
	return nil
}

// List turns a sequence into the list form that fields hold.
func List[T any](sequence func(yield func(T) bool)) []any {
	list := []any{}
	for element := range sequence {
		list = append(list, element)
	}
	return list
}
