package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Response is the body of an answer.
type Response struct {
	Data   any       `json:"data"`
	Errors []Problem `json:"errors,omitempty"`
}

// errNull says that a field which may not be null is, and with it the object around it.
var errNull = errors.New("null for a non-null field")

// Refuse returns the error of a field that is not to be answered, nil for all others. A nil Refuse refuses nothing.
type Refuse func(typeName, field string) error

// Execute answers the document, except for what is refused. The error is an [UnresolvedError]; what is wrong
// with single fields is part of the response.
func (d *Document) Execute(root *Object, refuse Refuse) (Response, error) {
	e := &execution{document: d, refuse: refuse}
	data, err := e.object(root, []ast.SelectionSet{d.operation.SelectionSet}, nil)
	if errors.Is(err, errNull) {
		return Response{Errors: e.problems}, nil
	}
	return Response{Data: data, Errors: e.problems}, err
}

type execution struct {
	document *Document
	refuse   Refuse
	problems []Problem
}

// member is a field of an answered object; the order of the request is kept.
type member struct {
	key   string
	value any
}

type members []member

// MarshalJSON writes the members in their order.
func (m members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, member := range m {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(member.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(member.value)
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func (e *execution) object(object *Object, sets []ast.SelectionSet, path []any) (any, error) {
	answer := members{}
	for _, group := range e.collect(object.Type, sets) {
		value, err := e.field(object, group, append(slices.Clone(path), group[0].Alias))
		if err != nil {
			return nil, err
		}
		answer = append(answer, member{key: group[0].Alias, value: value})
	}
	return answer, nil
}

// collect groups the fields that apply to a type by their response keys.
func (e *execution) collect(typeName string, sets []ast.SelectionSet) [][]*ast.Field {
	c := &collector{execution: e, typeName: typeName, index: map[string]int{}}
	for _, set := range sets {
		c.add(set)
	}
	return c.groups
}

type collector struct {
	execution *execution
	typeName  string
	groups    [][]*ast.Field
	index     map[string]int
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			c.take(selection)
		case *ast.InlineFragment:
			c.enter(selection.Directives, selection.TypeCondition, selection.SelectionSet)
		case *ast.FragmentSpread:
			c.enter(selection.Directives, selection.Definition.TypeCondition, selection.Definition.SelectionSet)
		}
	}
}

func (c *collector) take(field *ast.Field) {
	if !c.execution.included(field.Directives) {
		return
	}
	at, known := c.index[field.Alias]
	if !known {
		at = len(c.groups)
		c.index[field.Alias] = at
		c.groups = append(c.groups, nil)
	}
	c.groups[at] = append(c.groups[at], field)
}

func (c *collector) enter(directives ast.DirectiveList, condition string, set ast.SelectionSet) {
	if c.execution.included(directives) && c.execution.applies(condition, c.typeName) {
		c.add(set)
	}
}

func (e *execution) included(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		condition, _ := directive.ArgumentMap(e.document.variables)["if"].(bool)
		if directive.Name == "skip" && condition || directive.Name == "include" && !condition {
			return false
		}
	}
	return true
}

func (e *execution) applies(condition, typeName string) bool {
	if condition == "" || condition == typeName {
		return true
	}
	definition := e.document.schema.types.Types[condition]
	return slices.ContainsFunc(e.document.schema.types.GetPossibleTypes(definition), func(possible *ast.Definition) bool {
		return possible.Name == typeName
	})
}

func (e *execution) field(object *Object, group []*ast.Field, path []any) (any, error) {
	field := group[0]
	if field.Name == "__typename" {
		return object.Type, nil
	}
	value, ok := object.Fields[field.Name]
	if !ok {
		return nil, &UnresolvedError{Type: object.Type, Field: field.Name}
	}
	place := place{field: field, path: path}
	for _, one := range group {
		place.sets = append(place.sets, one.SelectionSet)
	}
	if e.refuse != nil {
		if err := e.refuse(object.Type, field.Name); err != nil {
			e.report(err, place)
			return nil, nullability(field.Definition.Type)
		}
	}
	if resolve, ok := value.(Resolver); ok {
		resolved, err := resolve(e.arguments(field))
		if gap := new(UnresolvedError); errors.As(err, &gap) {
			return nil, err
		}
		if err != nil {
			e.report(err, place)
			return nil, nullability(field.Definition.Type)
		}
		value = resolved
	}
	return e.complete(field.Definition.Type, value, place)
}

// nullability is the error that a failed field of a type passes to the object around it.
func nullability(declared *ast.Type) error {
	if declared.NonNull {
		return errNull
	}
	return nil
}

// place is where a value is in the document and in the answer.
type place struct {
	field *ast.Field
	sets  []ast.SelectionSet
	path  []any
}

func (e *execution) report(err error, at place) {
	problem := Problem{Message: err.Error(), Path: at.path, Locations: []gqlerror.Location{{
		Line: at.field.Position.Line, Column: at.field.Position.Column,
	}}}
	typed := &Error{}
	if errors.As(err, &typed) {
		problem.Type = typed.Type
	}
	if problem.Type == "FORBIDDEN" {
		problem.Extensions = map[string]any{"saml_failure": false}
	}
	e.problems = append(e.problems, problem)
}
