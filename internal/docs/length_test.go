package docs

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// People read what is short: a page that grows takes its words from another one.
func TestDocumentationIsShort(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`\S*[\pL\pN]\S*`)
	count := func(path string) int { return len(word.FindAllString(read(repo(t), path), -1)) }
	total := 0
	for _, path := range documentation(repo(t)) {
		total += count(path)
	}
	t.Logf("%d words", total)
	assert.LessOrEqual(t, total, 40_000)
	assert.LessOrEqual(t, count(repo(t).path("README.md")), 1_500, "the README")
}
