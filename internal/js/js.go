// Package js holds the few JavaScript rules that shared texts and files depend on: white
// space, string length, numbers, letter case and JSON.
//
// JavaScript strings are sequences of UTF-16 code units and may hold half a surrogate pair,
// which UTF-8 cannot express. Where that can happen, a half is written as the three bytes that
// plain UTF-8 arithmetic gives it; every other string here is ordinary UTF-8.
package js

import (
	"strings"
	"unicode"
)

// IsSpace reports whether JavaScript counts r as white space or a line terminator. It differs
// from unicode.IsSpace: U+FEFF is one, U+0085 is none.
func IsSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', '\u00a0', '\ufeff', '\u2028', '\u2029':
		return true
	}
	return r > unicode.MaxLatin1 && unicode.Is(unicode.Zs, r)
}

// IsLineTerminator reports whether r ends a line, so that a dot in a JavaScript pattern does
// not match it.
func IsLineTerminator(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

// Trim removes white space from both ends of s, as String.prototype.trim does.
func Trim(s string) string {
	return strings.TrimFunc(s, IsSpace)
}
