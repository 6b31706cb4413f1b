// Package js has the few JavaScript rules that shared texts and files depend on: white space,
// string length, numbers and JSON.
package js

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// IsSpace reports whether JavaScript counts r as white space or a line terminator. It differs
// from unicode.IsSpace in U+FEFF, which is one, and U+0085, which is not.
func IsSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', '\u00a0', '\ufeff', '\u2028', '\u2029':
		return true
	}
	return r > unicode.MaxLatin1 && unicode.Is(unicode.Zs, r)
}

// IsLineTerminator reports whether r ends a line in JavaScript.
func IsLineTerminator(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

// Trim returns s without white space at both ends, as String.prototype.trim does.
func Trim(s string) string {
	return strings.TrimFunc(s, IsSpace)
}

// UTF16Len returns the length of s in UTF-16 code units: what JavaScript calls its length.
func UTF16Len(s string) int {
	length := 0
	for _, r := range s {
		length++
		if r > 0xffff {
			length++
		}
	}
	return length
}

// Number returns f as JavaScript's String(f) prints it: the shortest digits that read back as
// f, with an exponent from 1e21 up and below 1e-6, and 0 for negative zero.
func Number(f float64) string {
	magnitude := math.Abs(f)
	switch {
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'f', -1, 64), "+") + "inity"
	case f == 0:
		return "0"
	case magnitude >= 1e-6 && magnitude < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	return digits + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// unescape replaces the escapes that encoding/json writes and JSON.stringify does not. It
// passes over escaped backslashes, because what follows them is no escape.
//
//nolint:gochecknoglobals // a table
var unescape = strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029", `\ufffd`, "\ufffd")

// Stringify returns v as compact JSON text in the form of JSON.stringify: without escapes for
// <, >, &, U+2028 and U+2029. It refuses numbers that JSON cannot express.
func Stringify(v any) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("encode JSON: %w", err)
	}
	return unescape.Replace(strings.TrimSuffix(text.String(), "\n")), nil
}

// Quote returns s as a JSON string in the form of JSON.stringify, with U+FFFD in place of
// invalid UTF-8.
func Quote(s string) string {
	quoted, _ := Stringify(s) // a string can always be encoded
	return quoted
}
