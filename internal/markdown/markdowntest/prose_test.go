package markdowntest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/markdown/markdowntest"
)

func TestProse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain @a":              "plain @a",
		"`@a` b":                "code b",
		"``a`@b`` c":            "code c",
		"\\@a \\`b\\`":          "@a b",
		"```\n@a\n```\nb":       "b",
		"````\n```\n@a\n````":   "",
		"| `a\\|@b` | @c |":     "code   @c",
		"```json\n@a\n  ```\nb": "b",
		"```a``` b `@a`":        "code b code",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			plain, _ := markdowntest.Prose(text)
			assert.Equal(t, want, strings.TrimSpace(strings.ReplaceAll(plain, " \n", "\n")), "%q", text)
		})
	}
	for text, want := range map[string]string{
		"a `b":        "open code span: a `b",
		"| `a | b` |": "open code span: `a",
		"```\na":      "open fence",
		"````\n```":   "open fence",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, problems := markdowntest.Prose(text)
			assert.Contains(t, problems, want, "%q", text)
		})
	}
}
