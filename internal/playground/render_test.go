package playground_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/lockstep-action/lockstep/internal/playground"
)

func TestRender(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"command":            {"Type `.deploy <env>`", "<p>Type <code>.deploy &lt;env&gt;</code></p>\n"},
		"link":               {"[run](https://github.com/a?b=1&c)", `<p><a rel="noopener nofollow ugc" href="https://github.com/a?b=1&amp;c">run</a></p>` + "\n"},
		"bare link":          {"https://github.com/a", `<p><a rel="noopener nofollow ugc" href="https://github.com/a">https://github.com/a</a></p>` + "\n"},
		"link to this page":  {"[a](worker.js) [b](#top) [c](//evil.example)", "<p>a b c</p>\n"},
		"picture":            {"![a cat](https://evil.example/x.png)", "<p>🖼 a cat</p>\n"},
		"fold":               {"<details><summary>More</summary>\n\n**x**\n\n</details>", "<details><summary>More</summary>\n<p><strong>x</strong></p>\n</details>"},
		"comment":            {"a <!-- hidden --> b\n\n<!-- more\nlines -->\nc", "<p>a  b</p>\n\n<p>c</p>\n"},
		"comment that stays": {"<!-- hidden\n\n<img src=x>", ""},
		"script":             {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		"mark with handler":  {"<b onclick=alert(1)>x</b>", "<p>&lt;b onclick=alert(1)&gt;x</b></p>\n"},
		"break":              {"a<br/>b<br />c", "<p>a<br>b<br>c</p>\n"},
		"table":              {"a | b\n:-: | --\n1 | 2", "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
		"boxes":              {"- [x] a\n- [ ] b", "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, playground.Render(test.text))
			assertHarmless(t, test.text)
		})
	}
}

// The time for what opens and closes within a sentence grows with the square of how much there is of it.
func TestRenderMarks(t *testing.T) {
	t.Parallel()
	for _, marks := range []string{"*a_", "[a", "~~a*", "`a``", "<b>*", "![_"} {
		t.Run(marks, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(marks, 65536/len(marks))
			assert.True(t, strings.HasPrefix(playground.Render(text), "<pre>"))
			assertHarmless(t, text)
		})
	}
}

func TestRenderComments(t *testing.T) {
	t.Parallel()
	files := comments(t)
	require.Greater(t, len(files), 200)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assertHarmless(t, string(text))
		})
	}
}

func comments(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "message", "testdata", "*.md"))
	require.NoError(t, err)
	return files
}

func TestRenderAttacks(t *testing.T) {
	t.Parallel()
	for _, text := range attacks() {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			assertHarmless(t, text)
		})
	}
}

func attacks() []string {
	return []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<details ontoggle=alert(1) open>`, `[a](javascript:alert(1))`,
		`[a](JaVaScRiPt:alert(1))`, `[a](data:text/html,x)`, `<a href="javascript:alert(1)">x</a>`, "<details>\n<svg onload=alert(1)>\n</details>",
		`<javascript:alert(1)>`, `![x](https://evil.example/x.png)`, `<b<script>>`, `<<b>script>`, "<!-- --!><img src=x onerror=alert(1)> -->",
		`[x](vbscript:x)`, `<https://a" onclick="alert(1)>`, "a | b\n--|--\n<script>x</script> | <b>y</b>", `<textarea><b>`, `<style>*{}</style>`,
		`<plaintext>`, `<math><mtext><b>`, `[a](https://x "onclick=alert(1)")`, "```\" onclick=alert(1)\nx\n```", `<iframe src=https://evil.example>`,
		`[a]( javascript:alert(1))`, "[a](java\tscript:alert(1))", `[![x](https://evil.example/x.png)](https://evil.example)`, `<meta http-equiv=refresh content=0>`,
		`<form action=https://evil.example><button>`, `<base href=https://evil.example>`, `<br onload=x/>`, `<p/onclick=alert(1)>`, "&lt;script&gt;", "<\x00script>",
	}
}

// tags are all that the page may get.
func tags() []string {
	return strings.Fields("html head body a b blockquote br code del details em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre strong sub summary sup table tbody td th thead tr ul")
}

// target is where a link may lead.
var target = regexp.MustCompile(`(?i)^(https?://|mailto:)`)

// assertHarmless renders a text as a browser reads it, and looks for what is not allowed.
func assertHarmless(t testing.TB, text string) {
	t.Helper()
	rendered := playground.Render(text)
	page, err := html.Parse(strings.NewReader("<!doctype html><body>" + rendered))
	require.NoError(t, err)
	for node := range page.Descendants() {
		if node.Type == html.CommentNode {
			t.Errorf("%q has a comment: %s", text, rendered)
		}
		if node.Type == html.ElementNode && !slices.Contains(tags(), node.Data) {
			t.Errorf("%q has the tag %s: %s", text, node.Data, rendered)
		}
		for _, attribute := range node.Attr {
			assertAllowed(t, node, attribute)
		}
	}
}

func assertAllowed(t testing.TB, node *html.Node, attribute html.Attribute) {
	t.Helper()
	switch node.Data + " " + attribute.Key {
	case "code class", "td align", "th align", "ol start":
	case "details open":
		assert.Empty(t, attribute.Val)
	case "a rel":
		assert.Equal(t, "noopener nofollow ugc", attribute.Val)
	case "a href":
		assert.Regexp(t, target, attribute.Val)
	default:
		t.Errorf("%s has the attribute %s=%q", node.Data, attribute.Key, attribute.Val)
	}
}

func FuzzRender(f *testing.F) {
	for _, file := range comments(f) {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text))
	}
	for _, text := range attacks() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { assertHarmless(t, text) })
}
