package graph

import "github.com/vektah/gqlparser/v2/ast"

// arguments are the values of a field's arguments, with the schema's defaults filled in, also
// those inside input objects.
func (e *execution) arguments(field *ast.Field) Args {
	values := field.ArgumentMap(e.document.variables)
	for _, argument := range field.Definition.Arguments {
		if value, given := values[argument.Name]; given {
			values[argument.Name] = e.fill(argument.Type, value)
		}
	}
	return Args{Field: field.Name, values: values}
}

func (e *execution) fill(declared *ast.Type, value any) any {
	switch value := value.(type) {
	case []any:
		filled := make([]any, 0, len(value))
		for _, element := range value {
			filled = append(filled, e.fill(elementOf(declared), element))
		}
		return filled
	case map[string]any:
		return e.fillObject(e.document.schema.types.Types[declared.Name()], value)
	}
	return value
}

// elementOf is the type of a list's elements.
func elementOf(declared *ast.Type) *ast.Type {
	if declared.Elem != nil {
		return declared.Elem
	}
	return declared
}

func (e *execution) fillObject(definition *ast.Definition, value map[string]any) map[string]any {
	filled := map[string]any{}
	for _, field := range definition.Fields {
		given, ok := value[field.Name]
		if !ok && field.DefaultValue != nil {
			preset, err := field.DefaultValue.Value(nil)
			given, ok = preset, err == nil
		}
		if ok {
			filled[field.Name] = e.fill(field.Type, given)
		}
	}
	return filled
}
