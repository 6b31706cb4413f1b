package js_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            `""`,
		`a"b\c/`:                      `"a\"b\\c/"`,
		"\b\f\n\r\t\v\x00\x1f\x7f":    `"\b\f\n\r\t\u000b\u0000\u001f` + "\x7f" + `"`,
		"<a href='x'>&</a>":           `"<a href='x'>&</a>"`,
		"\u2028\u2029\u0085é€😀\ufffd": "\"\u2028\u2029\u0085é€😀\ufffd\"",
		"\xed\xa0\xbdx\xed\xb8\x80":   `"\ud83dx\ude00"`,
		"a\xffb":                      "\"a\ufffdb\"",
	} {
		assert.Equal(t, want, js.Quote(text), "%q", text)
	}
}

func TestAppendQuote(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `{"a"`, string(js.AppendQuote([]byte("{"), "a")))
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
}

func TestStringifyOfTextIsQuote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", `\`, `\\u2028`, "\\\u2028", "\u2028\\", "a\xffb\ufffd", "\b\f\n\r\t\v\x00\x7f",
		strings.Repeat("\\\"\u2029", 50),
	} {
		got, err := js.Stringify(text)
		require.NoError(t, err)
		assert.Equal(t, js.Quote(text), got, "%q", text)
	}
}

func TestStringifyRefusesWhatJSONCannotSay(t *testing.T) {
	t.Parallel()
	_, err := js.Stringify(math.NaN())
	require.ErrorContains(t, err, "encode JSON")
}

func FuzzQuote(f *testing.F) {
	f.Add("")
	f.Add("\"\\/\b\f\n\r\t\x00\x7f<>&\u2028\u2029é😀\ufffd")
	f.Add("\xed\xa0\xbd\xff")
	f.Fuzz(func(t *testing.T, text string) {
		quoted := js.Quote(text)
		var read string
		require.NoError(t, json.Unmarshal([]byte(quoted), &read))
		if valid := strings.ToValidUTF8(text, ""); valid == text {
			assert.Equal(t, text, read)
			stringified, err := js.Stringify(text)
			require.NoError(t, err)
			assert.Equal(t, quoted, stringified)
		}
	})
}
