package template

import (
	"strconv"

	"github.com/lockstep-action/lockstep/internal/js"
)

// value is nil for null, a bool, a float64 or a string. Two of them are equal in Go exactly when
// they are strictly equal in JavaScript.
type value any

// show returns the text that is inserted for a value.
func show(v value) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return js.Number(v)
	case string:
		return v
	}
	return ""
}
