package js_test

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestIsSpace(t *testing.T) {
	t.Parallel()
	var spaces []rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if js.IsSpace(r) {
			spaces = append(spaces, r)
		}
	}
	want := []rune("\t\n\v\f\r \u00a0\u1680" +
		"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
		"\u2028\u2029\u202f\u205f\u3000\ufeff")
	assert.Equal(t, want, spaces)
}

func TestIsLineTerminator(t *testing.T) {
	t.Parallel()
	var terminators []rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if js.IsLineTerminator(r) {
			terminators = append(terminators, r)
		}
	}
	assert.Equal(t, []rune("\n\r\u2028\u2029"), terminators)
}

func TestTrim(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                     "",
		" \r\n\t":              "",
		" a b ":                "a b",
		"\ufeffa\u3000":        "a",
		"\u2028a\u2029\u00a0":  "a",
		"\u0085a\u0085":        "\u0085a\u0085",
		"\u200ba\u200b":        "\u200ba\u200b",
		"\x00 a":               "\x00 a",
		" \xff ":               "\xff",
		"\v\f\u1680a\u202f \n": "a",
	} {
		assert.Equal(t, want, js.Trim(text), "%q", text)
	}
}
