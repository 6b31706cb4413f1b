package js_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/js"
)

// matching returns all characters that a predicate is true for.
func matching(is func(rune) bool) string {
	var found []rune
	for r := range rune(unicode.MaxRune + 1) {
		if is(r) {
			found = append(found, r)
		}
	}
	return string(found)
}

func TestCharacters(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "\t\n\v\f\r \u00a0\u1680"+
		"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"+
		"\u2028\u2029\u202f\u205f\u3000\ufeff", matching(js.IsSpace))
	assert.Equal(t, "\n\r\u2028\u2029", matching(js.IsLineTerminator))
}

func TestTrim(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"empty":               {"", ""},
		"blank":               {" \r\n\t", ""},
		"inner blank":         {" a b ", "a b"},
		"byte order mark":     {"\ufeffa\u3000", "a"},
		"line separators":     {"\u2028a\u2029\u00a0", "a"},
		"next line":           {"\u0085a\u0085", "\u0085a\u0085"},
		"zero width space":    {"\u200ba\u200b", "\u200ba\u200b"},
		"null byte":           {"\x00 a", "\x00 a"},
		"invalid UTF-8":       {" \xff ", "\xff"},
		"several kinds":       {"\v\f\u1680a\u202f \n", "a"},
		"nothing to cut away": {"a", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, js.Trim(test.text))
		})
	}
}

func TestUTF16Len(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":           0,
		"abc":        3,
		"é":          1,
		"e\u0301":    2,
		"€":          1,
		"😀":          2,
		"a😀b":        4,
		"\uffff":     1,
		"\U00010000": 2,
		"a\xffb":     3,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, js.UTF16Len(text))
		})
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for want, number := range map[string]float64{
		"0":                       math.Copysign(0, -1),
		"1":                       1,
		"-1.5":                    -1.5,
		"0.1":                     0.1,
		"0.30000000000000004":     0.30000000000000004,
		"100000000000000000000":   1e20,
		"123456789012345680000":   123456789012345680000,
		"999999999999999900000":   999999999999999900000,
		"1e+21":                   1e21,
		"-1.5e+300":               -1.5e300,
		"4.722366482869645e+21":   4722366482869645213695,
		"0.000001":                0.000001,
		"0.0000015":               0.0000015,
		"1e-7":                    0.0000001,
		"-1.2e-7":                 -0.00000012,
		"1e-10":                   1e-10,
		"5e-324":                  5e-324,
		"1.7976931348623157e+308": math.MaxFloat64,
		"9007199254740991":        9007199254740991,
		"Infinity":                math.Inf(1),
		"-Infinity":               math.Inf(-1),
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, js.Number(number))
		})
	}
	assert.Equal(t, "0", js.Number(0))
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"empty":                        {"", `""`},
		"quotes":                       {`a"b\c/`, `"a\"b\\c/"`},
		"control characters":           {"\b\f\n\r\t\v\x00\x1f\x7f", `"\b\f\n\r\t\u000b\u0000\u001f` + "\x7f" + `"`},
		"HTML":                         {"<a href='x'>&</a>", `"<a href='x'>&</a>"`},
		"outside ASCII":                {"\u2028\u2029\u0085é€😀\ufffd", "\"\u2028\u2029\u0085é€😀\ufffd\""},
		"invalid UTF-8":                {"a\xffb", "\"a\ufffdb\""},
		"escape behind a backslash":    {`\u2028`, `"\\u2028"`},
		"separator behind a backslash": {"\\\u2028", `"\\` + "\u2028\""},
		"two backslashes":              {`\\ufffd` + "\xff", `"\\\\ufffd` + "\ufffd\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, js.Quote(test.text))
		})
	}
}

func TestStringify(t *testing.T) {
	t.Parallel()
	type claim struct {
		Repository  map[string]string `json:"repository"`
		Environment *string           `json:"environment"`
		Global      bool              `json:"global"`
		Numbers     []int             `json:"numbers"`
	}
	value := claim{
		Repository: map[string]string{"name": "r&d <x>\u2028\u2029\n", "owner": `\u2028 \ufffd`},
		Numbers:    []int{1, -2},
	}
	want := `{"repository":{"name":"r&d <x>` + "\u2028\u2029" + `\n","owner":"\\u2028 \\ufffd"},` +
		`"environment":null,"global":false,"numbers":[1,-2]}`
	text, err := js.Stringify(value)
	require.NoError(t, err)
	assert.Equal(t, want, text)

	_, err = js.Stringify(math.NaN())
	require.ErrorContains(t, err, "encode JSON")
}

func FuzzQuote(f *testing.F) {
	f.Add("")
	f.Add("\"\\/\b\f\n\r\t\x00\x7f<>&\u2028\u2029é😀\ufffd")
	f.Add("\xed\xa0\xbd\xff")
	f.Fuzz(func(t *testing.T, text string) {
		var read string
		require.NoError(t, json.Unmarshal([]byte(js.Quote(text)), &read))
		assert.Equal(t, strings.ToValidUTF8(text, "\ufffd") == text, read == text)
		assert.Equal(t, len(utf16.Encode([]rune(text))), js.UTF16Len(text))
	})
}
