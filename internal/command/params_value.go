package command

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// The values of parameters are those of JavaScript: string, float64, bool, *list, *object and
// method.

// list is a JavaScript array.
type list struct {
	items []any
}

// object is a JavaScript object: entries in the order in which they were made.
type object struct {
	keys   []string
	values map[string]any
	// inherits is set for nested objects, which have the methods that all objects have. The
	// outermost object has none.
	inherits bool
}

// method is a function that all objects have, by its name. It gets into parameters only by
// a key such as a.toString, which finds it in the object a.
type method string

// methodNamed returns the method that key stands for in every object.
func methodNamed(key string) (method, bool) {
	switch key {
	case "constructor":
		return "Object", true
	case "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
		"hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
		"toString", "valueOf":
		return method(key), true
	}
	return "", false
}

// get returns the value of key, nil if it has none.
func (o *object) get(key string) any {
	if value, ok := o.values[key]; ok {
		return value
	}
	if inherited, ok := methodNamed(key); ok && o.inherits {
		return inherited
	}
	return nil
}

// put makes or replaces the entry of key.
func (o *object) put(key string, value any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// assign stores value at a dotted key. A key that has a value already gets a list of values,
// except for the number 1, which is added to what is there.
func (o *object) assign(dotted string, value any) error {
	parts := strings.Split(dotted, ".")
	for i, part := range parts {
		parts[i] = safeKey(part)
	}
	last := len(parts) - 1
	for _, part := range parts[:last] {
		o = o.enter(part)
	}
	return o.add(parts[last], value)
}

// safeKey renames the one key that means something else in JavaScript.
func safeKey(key string) string {
	if key == "__proto__" {
		return "___proto___"
	}
	return key
}

// enter returns the object at key. Where something else stands, a new object joins it in a
// list.
func (o *object) enter(key string) *object {
	nested := &object{inherits: true}
	switch existing := o.get(key).(type) {
	case nil:
		o.put(key, nested)
	case *object:
		return existing
	case *list:
		existing.items = append(existing.items, nested)
	default:
		o.put(key, &list{items: []any{existing, nested}})
	}
	return nested
}

func (o *object) add(key string, value any) error {
	existing := o.get(key)
	if value == 1.0 {
		sum, err := increment(existing)
		if err == nil {
			o.put(key, sum)
		}
		return err
	}
	switch existing := existing.(type) {
	case nil:
		o.put(key, value)
	case *list:
		existing.items = append(existing.items, value)
	default:
		o.put(key, &list{items: []any{existing, value}})
	}
	return nil
}

// increment adds 1 to a value as the plus sign of JavaScript does: to text it is appended.
func increment(value any) (any, error) {
	switch value := value.(type) {
	case nil:
		return 1.0, nil
	case float64:
		return value + 1, nil
	case bool:
		if value {
			return 2.0, nil
		}
		return 1.0, nil
	}
	text, err := textOf(value)
	return text + "1", err
}

// textOf converts a value to text as JavaScript does.
func textOf(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case float64:
		return js.Number(value), nil
	case bool:
		return strconv.FormatBool(value), nil
	case method:
		return "function " + string(value) + "() { [native code] }", nil
	case *object:
		if _, replaced := value.values["toString"]; replaced {
			return "", errors.New(`an object with the key "toString" cannot become text`)
		}
		return "[object Object]", nil
	case *list:
		return value.join()
	}
	return "", nil // JavaScript joins undefined as nothing.
}

// join returns the texts of the items with commas between them.
func (l *list) join() (string, error) {
	texts := make([]string, len(l.items))
	for i, item := range l.items {
		text, err := textOf(item)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return strings.Join(texts, ","), nil
}

// appendJSON appends the JSON text of a value, as JSON.stringify prints it. The methods that a
// list may hold print as null.
func appendJSON(text []byte, value any) []byte {
	switch value := value.(type) {
	case string:
		return js.AppendQuote(text, value)
	case float64:
		return js.AppendNumber(text, value)
	case bool:
		return strconv.AppendBool(text, value)
	case *list:
		return value.appendJSON(text)
	case *object:
		return value.appendJSON(text)
	}
	return append(text, "null"...)
}

func (l *list) appendJSON(text []byte) []byte {
	text = append(text, '[')
	for i, item := range l.items {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendJSON(text, item)
	}
	return append(text, ']')
}

func (o *object) appendJSON(text []byte) []byte {
	text = append(text, '{')
	for i, key := range o.sortedKeys() {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(js.AppendQuote(text, key), ':')
		text = appendJSON(text, o.values[key])
	}
	return append(text, '}')
}

// sortedKeys returns the keys in JavaScript's order: array indices ascending, then the others
// in the order in which they were made.
func (o *object) sortedKeys() []string {
	indices := map[string]uint64{}
	for _, key := range o.keys {
		if index, ok := arrayIndex(key); ok {
			indices[key] = index
		}
	}
	keys := slices.Clone(o.keys)
	slices.SortStableFunc(keys, func(a, b string) int {
		indexA, isIndexA := indices[a]
		indexB, isIndexB := indices[b]
		switch {
		case isIndexA && isIndexB:
			return cmp.Compare(indexA, indexB)
		case isIndexA:
			return -1
		case isIndexB:
			return 1
		}
		return 0
	})
	return keys
}

// arrayIndex returns the array index that key is: an integer from 0 to 2^32-2 without leading
// zeros.
func arrayIndex(key string) (uint64, bool) {
	index, err := strconv.ParseUint(key, 10, 32)
	if err != nil || index == 1<<32-1 || strconv.FormatUint(index, 10) != key {
		return 0, false
	}
	return index, true
}
