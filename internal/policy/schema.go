package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"go.yaml.in/yaml/v3"
)

// Schema returns the JSON Schema of the file, for editors.
func Schema() []byte {
	whole := objectSchema(topKeys())
	maps.Copy(whole, schema{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "https://raw.githubusercontent.com/lockstep-action/lockstep/v1/schema/lockstep.schema.json",
		"title":       "Lockstep rules",
		"description": "What each environment asks for: .github/lockstep.yml, read from the default branch",
	})
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(whole); err != nil {
		panic("policy: the schema cannot be written: " + err.Error()) // it is the same on every call
	}
	return text.Bytes()
}

// objectSchema describes a map with these keys and no others.
func objectSchema[T any](members []member[T]) schema {
	properties, required := schema{}, []string{}
	for _, one := range members {
		if one.later != "" {
			continue
		}
		property := maps.Clone(one.schema)
		property["description"] = one.hover()
		property["examples"] = []any{inYAML(one.Example)}
		properties[one.Name] = property
		if one.Required {
			required = append(required, one.Name)
		}
	}
	object := schema{"type": "object", "additionalProperties": false, "minProperties": 1, "properties": properties}
	if len(required) > 0 {
		object["required"] = required
	}
	return object
}

// hover is what an editor shows of a key.
func (k Key) hover() string {
	text := k.Meaning + "."
	if k.Default != "" {
		text += " Default: " + k.Default + "."
	}
	return text
}

// inYAML is a value as the file writes it.
type inYAML string

// MarshalJSON returns the value as JSON writes it.
func (text inYAML) MarshalJSON() ([]byte, error) {
	var read any
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		return nil, fmt.Errorf("read example %q: %w", string(text), err)
	}
	return json.Marshal(read)
}

func environmentSchema(members []member[Environment]) schema {
	one := objectSchema(members)
	delete(one, "minProperties")
	one["if"] = schema{"properties": schema{"soak": schema{"type": "string"}}, "required": []string{"soak"}}
	one["then"] = schema{"required": []string{"after"}}
	return one
}
