package command

import (
	"bytes"
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lockstep-action/lockstep/internal/js"
)

var (
	negative    = regexp.MustCompile(`^-(\d+(\.\d+)?|\.\d+)$`)              // a word that is not a flag
	groupNumber = regexp.MustCompile(`^-?\d+(\.\d*)?(e-?\d+)?$`)            // ends a group of letters, as in -n5
	decimal     = regexp.MustCompile(`^-?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$`) // becomes a number
	hexadecimal = regexp.MustCompile(`^0[xX][0-9a-fA-F]+$`)                 // becomes one too
)

// maxSafeInteger is the largest integer that JavaScript counts up to without gaps, 2^53-1.
const maxSafeInteger = 1<<53 - 1

func isNegative(word string) bool { return negative.MatchString(word) }

// coerce returns the number that text looks like, else text. Numbers with leading zeros and those beyond the safe
// integers stay text.
func coerce(text string) any {
	if hexadecimal.MatchString(text) {
		if number, err := strconv.ParseInt(text[2:], 16, 64); err == nil && number <= maxSafeInteger {
			return float64(number)
		}
		return text
	}
	if len(text) > 1 && text[0] == '0' && text[1] != '.' || !decimal.MatchString(text) {
		return text
	}
	number, _ := strconv.ParseFloat(text, 64)
	if math.Abs(math.Floor(number)) > maxSafeInteger {
		return text
	}
	return number
}

func withoutQuotes(text string) string {
	if len(text) < 2 || text[0] != text[len(text)-1] || text[0] != '\'' && text[0] != '"' {
		return text
	}
	return text[1 : len(text)-1]
}

// camelCase returns a key without dashes and underscores, with capitals in their place. A key in capitals only becomes
// lower case first; the first character stays as it is.
func camelCase(key string) string {
	if key == strings.ToUpper(key) {
		key = strings.ToLower(key)
	}
	if !strings.ContainsAny(key, "-_") {
		return key
	}
	var camel strings.Builder
	capital := false
	for i, r := range strings.TrimLeft(key, "-") {
		switch {
		case r == '-' || r == '_':
			capital = i > 0
			continue
		case capital:
			r = unicode.ToUpper(r)
		}
		camel.WriteRune(r)
		capital = false
	}
	return camel.String()
}

func isLetter(c byte) bool        { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isWordCharacter(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }

// The values of parameters are those of JavaScript: string, float64, bool, *list and *object.

type list struct{ items []any }

// object is a JavaScript object: entries in the order in which they were made.
type object struct {
	keys   []string
	values map[string]any
}

func newObject() *object {
	return &object{values: map[string]any{}}
}

func (o *object) put(key string, value any) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// assign stores value at a dotted key. A key that has a value already gets a list of values, except for the number 1,
// which is added to what is there.
func (o *object) assign(dotted string, value any) {
	parts := strings.Split(dotted, ".")
	last := len(parts) - 1
	for _, part := range parts[:last] {
		o = o.enter(safeKey(part))
	}
	key := safeKey(parts[last])
	if existing, exists := o.values[key]; exists && value == 1.0 {
		o.put(key, increment(existing))
		return
	}
	o.join(key, value)
}

// safeKey renames the one key that means something else in JavaScript.
func safeKey(key string) string {
	if key == "__proto__" {
		return "___proto___"
	}
	return key
}

// enter returns the object at key. Another value is joined by a new object.
func (o *object) enter(key string) *object {
	if existing, ok := o.values[key].(*object); ok {
		return existing
	}
	nested := newObject()
	o.join(key, nested)
	return nested
}

func (o *object) join(key string, value any) {
	switch existing := o.values[key].(type) {
	case nil:
		o.put(key, value)
	case *list:
		existing.items = append(existing.items, value)
	default:
		o.put(key, &list{items: []any{existing, value}})
	}
}

// increment adds 1 to a value as the plus sign of JavaScript does: to text it is appended.
func increment(value any) any {
	switch value := value.(type) {
	case float64:
		return value + 1
	case bool:
		if value {
			return 2.0
		}
		return 1.0
	}
	return textOf(value) + "1"
}

// textOf returns a value as the text that JavaScript converts it to.
func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return js.Number(value)
	case bool:
		return strconv.FormatBool(value)
	case *list:
		texts := make([]string, len(value.items))
		for i, item := range value.items {
			texts[i] = textOf(item)
		}
		return strings.Join(texts, ",")
	}
	return "[object Object]"
}

func appendJSON(text []byte, value any) []byte {
	switch value := value.(type) {
	case string:
		return append(text, js.Quote(value)...)
	case *list:
		text = append(text, '[')
		for _, item := range value.items {
			text = append(appendJSON(text, item), ',')
		}
		return append(bytes.TrimSuffix(text, []byte(",")), ']')
	case *object:
		text = append(text, '{')
		for _, key := range value.sortedKeys() {
			text = append(append(text, js.Quote(key)...), ':')
			text = append(appendJSON(text, value.values[key]), ',')
		}
		return append(bytes.TrimSuffix(text, []byte(",")), '}')
	}
	return append(text, textOf(value)...)
}

// sortedKeys returns the keys in JavaScript's order: array indices ascending, then the others as they were made.
func (o *object) sortedKeys() []string {
	index := func(key string) uint64 {
		number, err := strconv.ParseUint(key, 10, 32)
		if err != nil || strconv.FormatUint(number, 10) != key {
			return math.MaxUint64
		}
		return number
	}
	return slices.SortedStableFunc(slices.Values(o.keys), func(a, b string) int {
		return cmp.Compare(index(a), index(b))
	})
}
