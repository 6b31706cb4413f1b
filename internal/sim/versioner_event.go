package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// eventField is a field of an event: text, moment (ISO 8601) or object.
type eventField struct {
	name, kind string
	required   bool
}

// eventFields lists what the interface documents for a kind of event.
func eventFields(kind string) []eventField {
	fields := []eventField{
		{"product_name", "text", true},
		{"version", "text", true},
		{"status", "text", true},
		{"completed_at", "moment", false},
		{"started_at", "moment", false},
		{"extra_metadata", "object", false},
	}
	for _, name := range []string{
		"scm_repository", "scm_branch", "scm_sha", "source_system", "build_number", "invoke_id", "build_url",
	} {
		fields = append(fields, eventField{name, "text", false})
	}
	if kind == "deployment" {
		fields = append(fields, eventField{"environment_name", "text", true}, eventField{"deploy_url", "text", false})
		return append(fields, person("deployed_by")...)
	}
	fields = append(fields, eventField{"error_message", "text", false}, eventField{"error_code", "text", false})
	return append(fields, person("built_by")...)
}

func person(name string) []eventField {
	return []eventField{{name, "text", false}, {name + "_email", "text", false}, {name + "_name", "text", false}}
}

// wrong is an entry of a failed validation.
func wrong(field, message, kind string) object {
	return object{"loc": []any{"body", field}, "msg": message, "type": kind}
}

// validateEvent returns what is wrong with an event, and the undocumented fields.
// A field that is there has to have a value other than null.
func validateEvent(kind string, fields object) (problems []any, unknown []string) {
	known := map[string]bool{}
	for _, field := range eventFields(kind) {
		known[field.name] = true
		value, given := fields[field.name]
		switch {
		case !given && field.required:
			problems = append(problems, wrong(field.name, "Field required", "missing"))
		case given:
			if problem := field.check(value); problem != nil {
				problems = append(problems, problem)
			}
		}
	}
	if status, ok := fields["status"].(string); ok && eventState(kind, status) == "" {
		problems = append(problems, wrong("status", "Input should be a known status", "enum"))
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	return problems, unknown
}

// check returns what is wrong with a value, nil for nothing.
func (f eventField) check(value any) any {
	text, isText := value.(string)
	switch f.kind {
	case "object":
		if _, ok := value.(object); !ok {
			return wrong(f.name, "Input should be a valid dictionary", "dict_type")
		}
		return nil
	case "moment":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return wrong(f.name, "Input should be a valid datetime", "datetime_parsing")
		}
		return nil
	}
	switch {
	case !isText:
		return wrong(f.name, "Input should be a valid string", "string_type")
	case text == "" && f.required:
		return wrong(f.name, "String should have at least 1 character", "string_too_short")
	case strings.HasSuffix(f.name, "_email") && !strings.Contains(text, "@"):
		return wrong(f.name, "value is not a valid email address", "value_error")
	}
	return nil
}

// eventState maps a spelling of a status to its state, "" when it is unknown.
func eventState(kind, status string) string {
	states := map[string]string{
		"pending":   "pending queued scheduled",
		"started":   "started in_progress init",
		"completed": "completed complete success finished",
		"failed":    "failed fail failure error",
		"aborted":   "aborted abort cancelled cancel skipped",
	}
	if kind == "deployment" {
		states["started"] += " deploying"
		states["completed"] += " deployed"
	} else {
		states["started"] += " building"
		states["completed"] += " built"
	}
	status = strings.ToLower(strings.TrimSpace(status))
	for state, spellings := range states {
		if slices.Contains(strings.Fields(spellings), status) {
			return state
		}
	}
	return ""
}

// identity is the UUID of an object that is made on first use.
func identity(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + ":" + name))
	digits := hex.EncodeToString(sum[:])
	return digits[:8] + "-" + digits[8:12] + "-4" + digits[13:16] + "-8" + digits[17:20] + "-" + digits[20:32]
}
