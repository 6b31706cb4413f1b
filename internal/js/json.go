package js

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Stringify returns v as compact JSON text in the form of JSON.stringify: no escapes for <, >,
// &, U+2028 and U+2029, no trailing newline. Keys of structs keep their order. Unlike
// JSON.stringify it refuses numbers that JSON cannot express, and prints negative zero as -0.
func Stringify(v any) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("encode JSON: %w", err)
	}
	return string(unescape(bytes.TrimSuffix(text.Bytes(), []byte("\n")))), nil
}

// unescape replaces the escapes that encoding/json writes and JSON.stringify does not.
func unescape(text []byte) []byte {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			plain = append(plain, text[i])
			continue
		}
		rest := text[i:]
		switch {
		case bytes.HasPrefix(rest, []byte(`\u2028`)):
			plain = append(plain, "\u2028"...)
			i += 5
		case bytes.HasPrefix(rest, []byte(`\u2029`)):
			plain = append(plain, "\u2029"...)
			i += 5
		case bytes.HasPrefix(rest, []byte(`\ufffd`)):
			plain = append(plain, "\ufffd"...)
			i += 5
		default: // Two bytes at once, so that an escaped backslash hides what follows it.
			plain = append(plain, rest[0], rest[1])
			i++
		}
	}
	return plain
}

// Quote returns s as a JSON string in the form of JSON.stringify. Half a surrogate pair
// becomes an escape, any other invalid UTF-8 U+FFFD.
func Quote(s string) string {
	return string(AppendQuote(nil, s))
}

// AppendQuote appends Quote(s) to text.
func AppendQuote(text []byte, s string) []byte {
	text = append(text, '"')
	for len(s) > 0 {
		if half, ok := leadingHalf(s); ok {
			text = fmt.Appendf(text, `\u%04x`, half)
			s = s[3:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		text = appendCharacter(text, r)
		s = s[size:]
	}
	return append(text, '"')
}

func appendCharacter(text []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(text, '\\', byte(r))
	case '\b':
		return append(text, `\b`...)
	case '\f':
		return append(text, `\f`...)
	case '\n':
		return append(text, `\n`...)
	case '\r':
		return append(text, `\r`...)
	case '\t':
		return append(text, `\t`...)
	}
	if r < ' ' {
		return fmt.Appendf(text, `\u%04x`, r)
	}
	return utf8.AppendRune(text, r)
}
