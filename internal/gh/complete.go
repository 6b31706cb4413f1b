package gh

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// checkComplete makes sure that data has everything that a type asks for. What GitHub may leave out is null.
func checkComplete(t reflect.Type, data json.RawMessage) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if isNull(data) {
			return nil
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		return checkCompleteObject(t, data)
	case reflect.Slice:
		return checkCompleteList(t.Elem(), data)
	case reflect.Bool, reflect.Int, reflect.Int64:
		if isNull(data) {
			return fmt.Errorf("the answer has null instead of %s", t.Kind())
		}
	default: // the client library has read it
	}
	return nil
}

func isNull(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

func checkCompleteList(t reflect.Type, data json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("the answer has something other than a list: %w", err)
	}
	for _, element := range list {
		if err := checkComplete(t, element); err != nil {
			return err
		}
	}
	return nil
}

func checkCompleteObject(t reflect.Type, data json.RawMessage) error {
	if t.NumField() == 0 || t.Field(0).PkgPath != "" || isNull(data) {
		return nil // a time, or an object that is not there
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("the answer has something other than an object: %w", err)
	}
	return checkCompleteFields(t, members)
}

// checkCompleteFields looks at each field of an object. A fragment is there with all of its fields, or it is one of
// another type.
func checkCompleteFields(t reflect.Type, members map[string]json.RawMessage) error {
	for field := range t.Fields() {
		var err error
		switch name := answerName(field); {
		case field.Anonymous, name == "" && partlyThere(field.Type, members):
			err = checkCompleteFields(field.Type, members)
		case name != "":
			data, there := members[name]
			if !there {
				return fmt.Errorf("the answer lacks %q", name)
			}
			err = checkComplete(field.Type, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// partlyThere reports whether any field of a fragment is there.
func partlyThere(t reflect.Type, members map[string]json.RawMessage) bool {
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
