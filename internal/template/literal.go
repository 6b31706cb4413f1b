package template

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// startsLiteral reports whether text begins like a literal.
func startsLiteral(text string) bool {
	if text == "" {
		return false
	}
	_, isWord := (&reader{rest: text}).wordLiteral()
	return isWord || strings.IndexByte(`"-+.0123456789`, text[0]) >= 0
}

// literal reads a string, number, boolean or null as JSON has them.
func (r *reader) literal() (value, error) {
	if !startsLiteral(r.rest) {
		return nil, fmt.Errorf("expected a literal, found %s", r.found())
	}
	if word, ok := r.wordLiteral(); ok {
		return word, nil
	}
	if r.rest[0] == '"' {
		return r.stringLiteral()
	}
	return r.numberLiteral()
}

// wordLiteral reads a literal that is a word; the second result tells whether one comes next.
func (r *reader) wordLiteral() (value, bool) {
	switch {
	case r.keyword("true"):
		return true, true
	case r.keyword("false"):
		return false, true
	case r.keyword("null"):
		return nil, true
	}
	return nil, false
}

func (r *reader) stringLiteral() (value, error) {
	end := 1
	for end < len(r.rest) && r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(r.rest) {
		return nil, fmt.Errorf("expected a string that ends with a quotation mark, found %s", r.found())
	}
	quoted := r.rest[:end+1]
	var text string
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		return nil, fmt.Errorf("expected a JSON string, found %s: %w", excerpt(quoted), err)
	}
	r.rest = r.rest[len(quoted):]
	return text, nil
}

func (r *reader) numberLiteral() (value, error) {
	behind := strings.TrimLeft(r.rest, "+-.eE0123456789")
	digits := r.rest[:len(r.rest)-len(behind)]
	if !json.Valid([]byte(digits)) {
		return nil, fmt.Errorf("expected a JSON number, found %s", excerpt(digits))
	}
	r.rest = behind
	// The error can only be that the number is too large, and then it is infinity as in JavaScript.
	number, _ := strconv.ParseFloat(digits, 64)
	return number, nil
}
