package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"main", "`main`"},
		{"", "` `"},
		{" \r\n ", "` `"},
		{"a`b", "``a`b``"},
		{"`x", "`` `x ``"},
		{"x`", "`` x` ``"},
		{"``", "``` `` ```"},
		{"a\n\n@all", "`a  @all`"},
		{"a\u2028b\u202ec\x1b", "`a b c`"},
		{"\xff", "`\uFFFD`"},
	} {
		t.Run(test[0], func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test[1], markdown.Code(test[0]), "%q", test[0])
		})
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "`dev` or ``a`b``", markdown.Codes([]string{"dev", "a`b"}, " or "))
	assert.Empty(t, markdown.Codes(nil, ", "))
}

func TestCellKeepsItsColumn(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "`a\\|b`", markdown.Cell("a|b"))
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain, isn't it.":     "plain, isn't it.",
		"@octo-org/team #12":   "@\u200docto\\-org\\/team #\u200d12",
		"<b>&amp;":             "&lt;b\\>&amp;amp\\;",
		"[x](http://e.com)\n*": "\\[x\\]\\(http\\:\\/\\/e.com\\) \\*",
		"Www.e.com wwww.":      "Www\u200d.e.com wwww\u200d.",
		"gh-7 GH-8 ugh 9-8":    "gh\u200d-7 GH\u200d-8 ugh 9\\-8",
		"~|`_":                 "\\~\\|\\`\\_",
		"\xff\u2029é":          "\uFFFD é",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, markdown.Text(in), "%q", in)
		})
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"https://shop.example/?a=b&c=%20#top", "[go](https://shop.example/?a=b&c=%20#top)"},
		{"http://shop.example", "[go](http://shop.example)"},
		{"https://e.example/a) @all", "[go](https://e.example/a%29%20@all)"},
		{"https://e.example/<b>`[x](y)|\\\"\n\x7f", "[go](https://e.example/%3Cb%3E%60%5Bx%5D%28y%29%7C%5C%22%0A%7F)"},
		{"https://é.example", "[go](https://é.example)"},
		{"javascript:alert(1)", "go"},
		{"//e.example", "go"},
		{"", "go"},
	} {
		t.Run(test[0], func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test[1], markdown.Link("go", test[0]), "%q", test[0])
		})
	}
}

// A mention of what is left of a name would notify another user.
func TestMention(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"octo-cat", "@octo-cat"},
		{"azAZ09", "@azAZ09"},
		{"Ada99_acme", "@Ada99_acme"},
		{"dependabot[bot]", "**dependabot\\[bot\\]**"},
		{"a/b", "**a\\/b**"},
		{"é", "**é**"},
		{"", "****"},
	} {
		t.Run(test[0], func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test[1], markdown.Mention(test[0]), "%q", test[0])
		})
	}
}

func TestFenceCannotBeClosedByItsText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "```json\n{}\n```", markdown.Fence("json", "{}"))
	assert.Equal(t, "`````\na\n````\nb\n`````", markdown.Fence("", "a\n````\nb"))
}

// Programs look for hidden comments in the text of a message as it is.
func TestCodeHoldsNoHiddenComment(t *testing.T) {
	t.Parallel()
	for _, shown := range []string{markdown.Code("<!-- a --><!--- b -->"), markdown.Cell("<!-- a -->"), markdown.Fence("", "<!-- a -->\n<!-- b -->"), markdown.Text("<!-- a -->")} {
		t.Run(shown, func(t *testing.T) {
			t.Parallel()
			assert.NotContains(t, shown, "<!--")
		})
	}
}

func FuzzCode(f *testing.F) {
	f.Add("`a` | @b\n\n# c")
	f.Add("<!--- pre-deploy-metadata-start -->")
	f.Fuzz(func(t *testing.T, text string) {
		span := markdown.Code(text)
		assert.NotContains(t, span, "\n")
		assert.NotContains(t, span, "<!--")
		fence := span[:len(span)-len(strings.TrimLeft(span, "`"))]
		inner := strings.TrimSuffix(strings.TrimPrefix(span, fence), fence)
		for run := range strings.FieldsFuncSeq(inner, func(r rune) bool { return r != '`' }) {
			assert.NotEqual(t, len(fence), len(run), "%q closes itself early", span)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("@a #1 <b> `c` [d](e) www.f GH-1")
	f.Fuzz(func(t *testing.T, text string) {
		shown := markdown.Text(text)
		assert.NotContains(t, shown, "\n")
		assert.NotContains(t, shown, "<")
		assert.Equal(t, strings.Count(shown, "@"), strings.Count(shown, "@\u200d"))
		assert.Equal(t, strings.Count(shown, "#"), strings.Count(shown, "#\u200d"))
		for _, sign := range []string{"`", "*", "_", "[", "]", "~", "|", ">", "!"} {
			assert.Equal(t, strings.Count(shown, sign), strings.Count(shown, `\`+sign), "%q", shown)
		}
		assert.NotContains(t, strings.ToLower(shown), "www.")
	})
}

func FuzzLink(f *testing.F) {
	f.Add("https://e.example/a) b\n`")
	f.Fuzz(func(t *testing.T, address string) {
		link := markdown.Link("", address)
		if link == "" {
			return
		}
		inside := strings.TrimSuffix(strings.TrimPrefix(link, "[]("), ")")
		assert.False(t, strings.ContainsAny(inside, "()<>[]\\`\"| \t\r\n"), "%q", link)
	})
}

// Code in a sentence stays code, and nothing else of it is Markdown.
func TestProse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                            "",
		"plain *words*":               `plain \*words\*`,
		"run `a @b` <i>":              "run `a @b` &lt;i\\>",
		"`a` and `b`":                 "`a` and `b`",
		"one ` only @x":               "one \\` only @\u200dx",
		"``":                          "",
		"`x` [a](https://b) `y\n\nz`": "`x` \\[a\\]\\(https\\:\\/\\/b\\) `y  z`",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, markdown.Prose(text))
		})
	}
}
