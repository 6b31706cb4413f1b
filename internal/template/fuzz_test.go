package template_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/template"
)

// noise are texts on which a careless parser takes long: each repeats what makes it look far
// ahead or go back, to about the length.
func noise(length int) map[string]string {
	filled := func(start, part, end string) string {
		return start + strings.Repeat(part, length/len(part)) + end
	}
	return map[string]string{
		"openers":               filled("", "{{", ""),
		"tag openers":           filled("", "{%", ""),
		"mixed openers":         filled("", "{{%", ""),
		"openers, one closer":   filled("", "{{", "}}"),
		"closed, then openers":  filled("{{ ref }}", "{%{", ""),
		"lone braces":           filled("", "{ ", ""),
		"closers":               filled("", "}}%}", ""),
		"lent halves":           filled("", "{{% if fork %}{{% endif %}", ""),
		"variables":             filled("", "{{ ref }}", ""),
		"choices":               filled("", `{{ "a" if fork else "b" }}`, ""),
		"blocks":                filled("", "{% if fork %}{% else %}{% endif %}", ""),
		"line breaks":           filled("", "\n", "{{ foo }}"),
		"many lines":            filled("", "{{ ref }}\n", "{{ foo }}"),
		"blanks in a tag":       filled("{{ ref", " ", "}}"),
		"blanks around a tag":   filled("{{", " ", "ref }}"),
		"blanks in a condition": filled("{% if fork", " ", "%}{% endif %}"),
		"quotes":                filled("{{ ", `"`, " }}"),
		"backslashes":           filled(`{{ "`, `\`, `" if fork else 1 }}`),
		"a long string":         filled(`{{ "`, `\u0041`, `" if fork else 1 }}`),
		"a long number":         filled(`{{ `, "1", ` if fork else 1 }}`),
		"a long name":           filled(`{{ `, "a", ` }}`),
		"elses":                 filled(`{{ 1 if status == "`, " else ", `" else 2 }}`),
		"operators":             filled("{% if ref ", "==", " %}"),
		"nested blocks":         filled("", "{% if fork %}", ""),
	}
}

// TestNoise takes a second when the time for parsing grows with the text, and half a minute or more
// when it grows with its square.
func TestNoise(t *testing.T) {
	t.Parallel()
	known := map[string]string{
		"lone braces": "", "closers": "", "variables": "", "choices": "", "blocks": "", "lent halves": "",
		"blanks in a tag": "", "blanks around a tag": "", "blanks in a condition": "",
		"backslashes": "", "a long string": "", "a long number": "", "elses": "",
		"openers":       `line 1: "{{" is never closed`,
		"line breaks":   `line 1048577: unknown variable "foo"`,
		"many lines":    `line 104858: unknown variable "foo"`,
		"nested blocks": "line 1: blocks are nested deeper than 100",
	}
	const longest = 1 << 20 // of the files that GitHub serves as text
	for name, text := range noise(longest) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := template.Parse(text)
			want, fixed := known[name]
			switch {
			case want == "" && fixed:
				require.NoError(t, err)
			case fixed:
				require.EqualError(t, err, want)
			default:
				require.Error(t, err)
				assert.Less(t, len(err.Error()), 300)
			}
			assert.LessOrEqual(t, len(parsed.Render(filled())), 1<<20)
		})
	}
}

// parts finds expressions and tags in the words of the grammar.
var parts = regexp.MustCompile(`\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}`)

// hostile returns values that are all the same text.
func hostile(text string) template.Values {
	return template.Values{
		Environment: text, Ref: text, SHA: text, EnvironmentURL: &text, Status: text, ReviewDecision: &text,
		Params: &text, ParsedParams: &text, DeploymentEndTime: text, Actor: text, Logs: text,
		Noop: strings.Contains(text, "n"), Fork: strings.Contains(text, "f"),
	}
}

func FuzzParse(f *testing.F) {
	f.Add("{{ ref }}", "<script>")
	for _, text := range noise(200) {
		f.Add(text, "{{ ref }}")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		parsed, err := template.Parse(text)
		if err != nil {
			checkError(t, text, err)
			return
		}
		checkParts(t, text, parsed.Render(hostile(value)), hostile(value))
		checkEscapes(t, text, hostile(value))
	})
}

// checkError wants an error that names an existing line and is short.
func checkError(t *testing.T, text string, err error) {
	t.Helper()
	found := regexp.MustCompile(`^line (\d+): .`).FindStringSubmatch(err.Error())
	require.NotNil(t, found, err.Error())
	line, err2 := strconv.Atoi(found[1])
	require.NoError(t, err2)
	assert.True(t, 1 <= line && line <= strings.Count(text, "\n")+1)
	assert.Less(t, len(err.Error()), 600)
	assert.NotContains(t, err.Error(), "\n")
	assert.True(t, utf8.ValidString(err.Error()))
}

// checkParts wants a text without stray delimiters, and without blocks the whole to be no more than
// its parts.
func checkParts(t *testing.T, text, message string, values template.Values) {
	t.Helper()
	tags := false
	for _, plain := range parts.Split(text, -1) {
		assert.NotRegexp(t, `\{[{%#]`, plain)
	}
	each := parts.ReplaceAllStringFunc(text, func(part string) string {
		if tags = tags || strings.HasPrefix(part, "{%"); tags {
			return ""
		}
		return render(t, part, values)
	})
	if !tags && len(each) <= 1<<20 {
		assert.Equal(t, each, message)
	}
}

// checkEscapes looks for a mark that no escaped variable can bring in.
func checkEscapes(t *testing.T, text string, values template.Values) {
	t.Helper()
	harmless := strings.NewReplacer("<", "(", ">", ")", "'", "`", `\u`, `\t`).Replace(text)
	parsed, err := template.Parse(harmless)
	if err != nil {
		return
	}
	assert.NotContains(t, parsed.Render(values), "<")
	assert.NotContains(t, parsed.Render(values), ">")
	assert.NotContains(t, parsed.Render(values), "'")
}

// BenchmarkParse shows the same speed for every length when parsing takes as long as the text is.
func BenchmarkParse(b *testing.B) {
	for _, length := range []int{1 << 14, 1 << 16, 1 << 18} {
		for name, text := range noise(length) {
			b.Run(name+"/"+strconv.Itoa(length), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					_, _ = template.Parse(text)
				}
			})
		}
	}
}
