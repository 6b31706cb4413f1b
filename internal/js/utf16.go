package js

import (
	"unicode/utf16"
	"unicode/utf8"
)

// UTF16Len returns the length of s in UTF-16 code units: what JavaScript calls its length.
func UTF16Len(s string) int {
	length := 0
	for _, r := range s {
		length += unitsOf(r)
	}
	return length
}

// Prefix returns the longest beginning of s that has at most limit UTF-16 code units and
// splits no character.
func Prefix(s string, limit int) string {
	length := 0
	for i, r := range s {
		length += unitsOf(r)
		if length > limit {
			return s[:i]
		}
	}
	return s
}

func unitsOf(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Units returns the UTF-16 code units of s.
func Units(s string) []uint16 {
	units := make([]uint16, 0, len(s))
	for len(s) > 0 {
		if half, ok := leadingHalf(s); ok {
			units = append(units, half)
			s = s[3:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		units = utf16.AppendRune(units, r)
		s = s[size:]
	}
	return units
}

// FromUnits returns the string of UTF-16 code units. A half of a surrogate pair without its
// other half is kept, as three bytes.
func FromUnits(units []uint16) string {
	text := make([]byte, 0, len(units))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if !utf16.IsSurrogate(r) {
			text = utf8.AppendRune(text, r)
			continue
		}
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != utf8.RuneError {
				text = utf8.AppendRune(text, pair)
				i++
				continue
			}
		}
		text = append(text, 0xed, 0x80|byte(r>>6&0x3f), 0x80|byte(r&0x3f))
	}
	return string(text)
}

// leadingHalf returns the half of a surrogate pair that s starts with, if it does.
func leadingHalf(s string) (uint16, bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2] < 0x80 || s[2] > 0xbf {
		return 0, false
	}
	return 0xd000 | uint16(s[1]&0x3f)<<6 | uint16(s[2]&0x3f), true
}
