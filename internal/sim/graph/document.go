package graph

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Schema is a compiled GraphQL schema; it may be shared.
type Schema struct{ types *ast.Schema }

// LoadSchema compiles a schema's text.
func LoadSchema(source []byte) (*Schema, error) {
	types, err := validator.LoadSchema(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(source)})
	if err != nil {
		return nil, fmt.Errorf("load GraphQL schema: %w", err)
	}
	return &Schema{types: types}, nil
}

// Request is the body of a GraphQL request.
type Request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
}

// Document is a request that was found valid.
type Document struct {
	schema    *Schema
	document  *ast.QueryDocument
	operation *ast.OperationDefinition
	variables map[string]any
}

// Problem is an entry of a response's errors.
type Problem struct {
	Type       string              `json:"type,omitempty"`
	Path       []any               `json:"path,omitempty"`
	Extensions map[string]any      `json:"extensions,omitempty"`
	Locations  []gqlerror.Location `json:"locations,omitempty"`
	Message    string              `json:"message"`
}

// Parse reads and validates a request, its variables' values included.
func (s *Schema) Parse(request Request) (*Document, []Problem) {
	document, err := parser.ParseQuery(&ast.Source{Input: request.Query})
	if err != nil {
		return nil, problems(err)
	}
	if found := validator.ValidateWithRules(s.types, document, rules.NewDefaultRules()); len(found) > 0 {
		return nil, problems(found)
	}
	operation := document.Operations.ForName(request.OperationName)
	if operation == nil {
		return nil, problems(gqlerror.Errorf("No operation named %q", request.OperationName))
	}
	variables, err := validator.VariableValues(s.types, operation, request.Variables)
	if err != nil {
		return nil, problems(err)
	}
	return &Document{schema: s, document: document, operation: operation, variables: variables}, nil
}

func problems(err error) []Problem {
	var list gqlerror.List
	if !errors.As(err, &list) {
		single := &gqlerror.Error{}
		if !errors.As(err, &single) {
			return []Problem{{Message: err.Error()}}
		}
		list = gqlerror.List{single}
	}
	var all []Problem
	for _, one := range list {
		found := Problem{Message: one.Message, Locations: one.Locations, Extensions: extensions(one)}
		if name := unknownField.FindStringSubmatch(one.Message); name != nil {
			found.Message, found.Extensions = undefined(name[2], name[1])
		}
		all = append(all, found)
	}
	return all
}

// unknownField is what the validator says of a field that the schema does not have.
var unknownField = regexp.MustCompile(`^Cannot query field "(\w+)" on type "(\w+)"`)

// undefined is what GitHub says of such a field.
func undefined(owner, field string) (message string, extensions map[string]any) {
	return "Field '" + field + "' doesn't exist on type '" + owner + "'",
		map[string]any{"code": "undefinedField", "typeName": owner, "fieldName": field}
}

func extensions(err *gqlerror.Error) map[string]any {
	if err.Rule == "" {
		return nil
	}
	return map[string]any{"code": err.Rule}
}

// Undefined returns the problems that a server has with the document whose schema lacks fields, each "Type.field".
func (d *Document) Undefined(lacking []string) []Problem {
	var found []Problem
	var walk func(set ast.SelectionSet, path []any)
	walk = func(set ast.SelectionSet, path []any) {
		for _, selection := range set {
			switch one := selection.(type) {
			case *ast.Field:
				at := append(slices.Clone(path), one.Alias)
				if owner := one.ObjectDefinition.Name; slices.Contains(lacking, owner+"."+one.Name) {
					found = append(found, undefinedField(one, at))
				}
				walk(one.SelectionSet, at)
			case *ast.InlineFragment:
				walk(one.SelectionSet, append(slices.Clone(path), "... on "+one.TypeCondition))
			case *ast.FragmentSpread:
				walk(one.Definition.SelectionSet, path)
			}
		}
	}
	walk(d.operation.SelectionSet, []any{string(d.operation.Operation)})
	return found
}

// undefinedField is what GitHub says of a field that its schema does not have.
func undefinedField(field *ast.Field, path []any) Problem {
	message, extensions := undefined(field.ObjectDefinition.Name, field.Name)
	return Problem{
		Path: path, Extensions: extensions, Message: message,
		Locations: []gqlerror.Location{{Line: field.Position.Line, Column: field.Position.Column}},
	}
}

// Summary names the operation's type and its fields, such as "query repository,rateLimit".
// Fields that an alias repeats appear once.
func (d *Document) Summary() string {
	var names []string
	seen := map[string]bool{}
	for _, selection := range d.operation.SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || seen[field.Name] {
			continue
		}
		seen[field.Name] = true
		names = append(names, field.Name)
	}
	return string(d.operation.Operation) + " " + strings.Join(names, ",")
}

// IsMutation reports whether the operation changes something.
func (d *Document) IsMutation() bool { return d.operation.Operation == ast.Mutation }
