package markup_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/markup"
)

func TestText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"plain":        {"production", "production"},
		"tag":          {"</svg><script>alert(1)</script>", "&lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
		"quotes":       {`"'&`, "&#34;&#39;&amp;"},
		"lines":        {"a\nb\u2028c\x00d", "a b c d"},
		"bidi":         {"a\u202eb\u2066c\u200fd", "a\uFFFDb\uFFFDc\uFFFDd"},
		"not UTF-8":    {"a\xffb", "a\uFFFDb"},
		"many marks":   {"e" + strings.Repeat("\u0301", 50) + "x\u0301", "e" + strings.Repeat("\u0301", 4) + "x\u0301"},
		"entity stays": {"&lt;", "&amp;lt;"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, markup.Text(test.text).String())
			element := markup.Element("p", []markup.Attribute{markup.Attr("title", test.text)})
			assert.Equal(t, `<p title="`+test.want+`"></p>`, element.String())
		})
	}
}

func TestElement(t *testing.T) {
	t.Parallel()
	item := markup.Element("li", []markup.Attribute{{}, markup.Attr("class", "a")}, markup.Text("x"), markup.Node{}, markup.Name("y"))
	assert.Equal(t, `<li class="a">x<bdi>y</bdi></li>`, item.String())
	assert.Equal(t, `<meta charset="utf-8">`, markup.Element("meta", []markup.Attribute{markup.Attr("charset", "utf-8")}).String())
	assert.Equal(t, "<!DOCTYPE html>\n<html lang=\"en\"><head></head><body>x</body></html>\n", markup.Document(markup.Node{}, markup.Text("x")))
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ address, want string }{
		"https":      {"https://example.com/?a=1&b=2", `<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer">x</a>`},
		"quote":      {`https://example.com/"onclick=x`, `<a href="https://example.com/&#34;onclick=x" rel="noopener noreferrer">x</a>`},
		"http":       {"http://example.com", "x"},
		"javascript": {"javascript:alert(1)", "x"},
		"data":       {"data:text/html,x", "x"},
		"blank":      {" https://example.com", "x"},
		"none":       {"", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, markup.Link(test.address, markup.Text("x")).String())
		})
	}
	assert.Equal(t, "<use></use>", markup.Element("use", []markup.Attribute{markup.Attr("href", "javascript:x")}).String())
	assert.Equal(t, `<use href="#good"></use>`, markup.Element("use", []markup.Attribute{markup.Attr("href", "#good")}).String())
}

func TestStyle(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "<style>p { color: red }</style>", markup.Style("p { color: red }").String())
	assert.Equal(t, "'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='", markup.StyleSource("p { color: red }"))
}

// What is not a constant does not compile where markup is expected.
func TestUnescapedTextDoesNotCompile(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]string{
		"element":   `markup.Element(name, nil)`,
		"attribute": `markup.Attr(name, "")`,
		"style":     `markup.Style(name)`,
		"node":      `markup.Node{name}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := compile(t, "var name = \"x\"\n\nvar _ = "+call)
			require.Error(t, err)
			assert.Contains(t, string(out), "main.go:")
			assert.Regexp(t, `cannot use name|implicit assignment to unexported field`, string(out))
		})
	}
	out, err := compile(t, `var _ = markup.Element("p", nil)`)
	require.NoError(t, err, "%s", out)
}

// compile compiles a program that imports the package.
func compile(t *testing.T, code string) ([]byte, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.go")
	program := "package main\n\nimport \"github.com/lockstep-action/lockstep/internal/markup\"\n\n" + code + "\n\nfunc main() {}\n"
	require.NoError(t, os.WriteFile(path, []byte(program), 0o600))
	inside, err := filepath.Abs("testdata")
	require.NoError(t, err)
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	placed := filepath.Join(inside, "main.go")
	require.NoError(t, os.WriteFile(overlay, []byte(`{"Replace": {"`+placed+`": "`+path+`"}}`), 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", os.DevNull, placed)
	return build.CombinedOutput()
}
