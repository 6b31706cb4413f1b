package js

import (
	"math"
	"strconv"
	"strings"
)

// Number prints f as JavaScript's String(f) does: the shortest digits that read back as f,
// with an exponent from 1e21 up and below 1e-6; negative zero prints as 0.
func Number(f float64) string {
	magnitude := math.Abs(f)
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	case magnitude >= 1e-6 && magnitude < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	return digits + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// AppendNumber appends f to JSON text as JSON.stringify does: like Number, but null for what
// JSON cannot say.
func AppendNumber(text []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(text, "null"...)
	}
	return append(text, Number(f)...)
}
