package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
)

func TestLinksResolve(t *testing.T) {
	t.Parallel()
	links := regexp.MustCompile(`\]\(([^)\s]+)(?: "[^"]*")?\)|(?:href|src)="([^"]+)"|(?m:^\[[^\]]+\]: (\S+))`)
	checked := 0
	for _, path := range files(repo(t), ".md") {
		for _, match := range links.FindAllStringSubmatch(prose(read(repo(t), path)), -1) {
			target := match[1] + match[2] + match[3]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			checked++
			assertLink(t, path, target)
		}
	}
	assert.Positive(t, checked)
}

func assertLink(t *testing.T, path, target string) {
	t.Helper()
	file, anchor, _ := strings.Cut(target, "#")
	to := path
	if file != "" {
		to = filepath.Join(filepath.Dir(path), filepath.FromSlash(file))
	}
	info, err := os.Stat(to)
	if err != nil {
		t.Errorf("%s links to %s, which does not exist", path, target)
		return
	}
	if anchor == "" || info.IsDir() {
		return
	}
	assert.Contains(t, anchors(read(repo(t), to)), anchor, "%s links to %s", path, target)
}

// prose returns a page without its fenced code and code spans.
func prose(text string) string {
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(unfenced(text), "``")
}

// unfenced returns a page without its fenced code.
func unfenced(text string) string {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// anchors lists the names that GitHub gives a page's headings: lower case, blanks as hyphens,
// punctuation dropped, a number behind repeated ones. A remark in a script is no heading.
func anchors(text string) []string {
	var names []string
	seen := map[string]int{}
	heading := regexp.MustCompile(`(?m)^#{1,6} +(.*?) *#*$`)
	for _, match := range heading.FindAllStringSubmatch(unfenced(text), -1) {
		name := strings.Map(func(c rune) rune {
			switch {
			case c == ' ', c == '-':
				return '-'
			case c == '_', unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsMark(c):
				return unicode.ToLower(c)
			default:
				return -1
			}
		}, match[1])
		names = append(names, name)
		if n := seen[name]; n > 0 {
			names = append(names, fmt.Sprintf("%s-%d", name, n))
		}
		seen[name]++
	}
	return names
}
