package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// complete brings a resolved value into the form that its declared type asks for.
func (e *execution) complete(declared *ast.Type, value any, at place) (any, error) {
	if object, ok := value.(*Object); value == nil || ok && object == nil {
		if declared.NonNull {
			e.report(fmt.Errorf("cannot return null for non-nullable field %s.%s", at.field.ObjectDefinition.Name, at.field.Name), at)
		}
		return nil, nullability(declared)
	}
	if failure, ok := value.(error); ok {
		if gap := new(UnresolvedError); errors.As(failure, &gap) {
			return nil, failure
		}
		e.report(failure, at)
		return nil, nullability(declared)
	}
	completed, err := e.completeValue(declared, value, at)
	if errors.Is(err, errNull) {
		return nil, nullability(declared)
	}
	return completed, err
}

func (e *execution) completeValue(declared *ast.Type, value any, at place) (any, error) {
	if declared.Elem != nil {
		return e.list(declared, value, at)
	}
	definition := e.document.schema.types.Types[declared.NamedType]
	if definition.IsLeafType() {
		leaf, err := e.leaf(definition, value)
		if err != nil {
			e.report(err, at)
			return nil, errNull
		}
		return leaf, nil
	}
	object, ok := value.(*Object)
	if ok && object.Type == "" && definition.Kind == ast.Object {
		object = &Object{Type: definition.Name, Fields: object.Fields}
	}
	if !ok || !e.applies(definition.Name, object.Type) {
		return nil, fmt.Errorf("resolve %s.%s: %T is no %s", at.field.ObjectDefinition.Name, at.field.Name, value, definition.Name)
	}
	return e.object(object, at.sets, at.path)
}

func (e *execution) list(declared *ast.Type, value any, at place) (any, error) {
	elements, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("resolve %s.%s: %T is no list", at.field.ObjectDefinition.Name, at.field.Name, value)
	}
	answer := make([]any, 0, len(elements))
	for i, element := range elements {
		inner := place{field: at.field, sets: at.sets, path: append(slices.Clone(at.path), i)}
		completed, err := e.complete(declared.Elem, element, inner)
		if err != nil {
			return nil, err
		}
		answer = append(answer, completed)
	}
	return answer, nil
}

// leaf checks a scalar or enum value and gives it its JSON form.
func (e *execution) leaf(definition *ast.Definition, value any) (any, error) {
	if definition.Kind == ast.Enum {
		text := fmt.Sprint(value)
		if definition.EnumValues.ForName(text) == nil {
			return nil, fmt.Errorf("%q is no value of %s", text, definition.Name)
		}
		return text, nil
	}
	switch definition.Name {
	case "Int":
		return integer(value)
	case "Boolean":
		return expect[bool](definition, value)
	case "BigInt":
		number, err := expect[int64](definition, value)
		return strconv.FormatInt(number, 10), err
	case "DateTime", "GitTimestamp":
		moment, err := expect[time.Time](definition, value)
		return moment.UTC().Format(time.RFC3339), err
	default:
		return expect[string](definition, value)
	}
}

func expect[T any](definition *ast.Definition, value any) (T, error) {
	typed, ok := value.(T)
	if !ok {
		return typed, fmt.Errorf("%T is no %s", value, definition.Name)
	}
	return typed, nil
}

// integer holds values to GraphQL's 32 bits, which large ids overstep.
func integer(value any) (any, error) {
	var number int64
	switch value := value.(type) {
	case int:
		number = int64(value)
	case int64:
		number = value
	default:
		return nil, fmt.Errorf("%T is no Int", value)
	}
	if number < math.MinInt32 || number > math.MaxInt32 {
		return nil, fmt.Errorf("integer out of bounds: %d; use an ID or a BigInt field instead", number)
	}
	return number, nil
}
