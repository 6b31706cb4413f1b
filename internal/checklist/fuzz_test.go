package checklist

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func FuzzRead(f *testing.F) {
	for _, body := range []string{
		"", "# D\n- [ ] a\n- [x] b", "> # D\n> 1. [ ] a (N/A)\n\n- [X] ~~b~~", "# D\n```\n- [ ] a\n````\n- [ ] `b` <!-- c -->", "-\t[ ] a\n\n D\n===\n",
		"# D ##\n<details>\n<!--\n\n-->\n- [ ]a\n", "# **D:**\r\n-\n  [ ] a\r\n    - [] b\n<!-->\n", "# D\n- - - > * + [ ] a\n\\`<!---->", "# D\n\xff- [ ] \xff",
	} {
		f.Add(body, "D")
	}
	f.Fuzz(func(t *testing.T, body, heading string) {
		list := Read(body, heading)
		assert.True(t, list.Found || list.Boxes == 0)
		assert.GreaterOrEqual(t, list.Boxes, len(list.Open))
		assert.LessOrEqual(t, list.Boxes, strings.Count(body, "["))
		for _, text := range list.Open {
			assert.LessOrEqual(t, utf8.RuneCountInString(text), 201)
			assert.NotContains(t, text, "\n")
		}
		assert.Equal(t, list, Read(body, heading), "the same answer again")
		if !strings.ContainsAny(heading, "\r\n") {
			assert.Equal(t, list, Read(strings.ReplaceAll(strings.ReplaceAll(body, "\r", ""), "\n", "\r\n"), heading), "with carriage returns")
		}
		assert.GreaterOrEqual(t, Read("# D\n- [ ] a\n\n"+body, "D").Boxes, 1, "nothing takes away a box that came before")
	})
}

// hostile are descriptions of 64 KiB that have one part again and again, by what they are made of.
func hostile() map[string]string {
	const size = 64 << 10
	bodies := map[string]string{}
	for name, part := range map[string]string{
		"quotes": ">", "items": "- ", "numbers": "1. ", "blanks": " ", "tabs": "\t", "lines": "\n", "signs": "`", "fences": "```\n", "tildes": "~",
		"code spans": "` `` ``` ```` ", "comments": "<!--", "comments, lines": "<!--\n", "tags": "<a ", "tags, lines": "<a b=\n", "brackets": "[", "boxes": "- [ ] a\n",
		"boxes in a line": "- [ ] ", "links": "[](", "headings": "#", "headings, lines": "# a\n", "lines across": "* ", "lines below": "a\n-\n", "backslashes": `\`,
		"entities": "&#1;", "stars": "*", "struck out": "~~a", "deep": strings.Repeat("- ", 49) + "\n" + strings.Repeat(" ", 98) + "a\n\n",
	} {
		for place, before := range map[string]string{"body": "# D\n", "heading": "# D\n# ", "item": "# D\n- [ ] ", "deep": "# D\n" + strings.Repeat("- ", 200) + "a\n", "html": "# D\n<div>"} {
			bodies[name+" in "+place] = before + strings.Repeat(part, size/len(part))
		}
	}
	return bodies
}

// Whatever a description repeats, the heading is found, and no more boxes are open than there are brackets.
func TestReadHostile(t *testing.T) {
	t.Parallel()
	for name, body := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := Read(body, "D")
			assert.True(t, list.Found)
			assert.LessOrEqual(t, len(list.Open), list.Boxes)
			assert.LessOrEqual(t, list.Boxes, strings.Count(body, "["))
		})
	}
}

// BenchmarkHostile shows that the time grows with the length of a description, whatever is in it.
func BenchmarkHostile(b *testing.B) {
	for name, body := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				Read(body, "D")
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	body := "# D\n" + strings.Repeat("- [ ] some `code` and <!-- a comment -->\n\n  > words\n", 1200)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Read(body, "D")
	}
}
