package arch

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// codeTable lists the reasons with the outcomes that the arguments name. What each means, what to do and
// where to read on is written by hand.
func codeTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, reason := range reasons(t) {
		if !slices.Contains(b.words(), string(reason.Outcome())) {
			continue
		}
		key := markdown.Cell(string(reason))
		texts := kept(t, b, key, 1, 3)
		if !*update {
			assert.Regexp(t, `^\[.+\]\(.+\)$`, texts[2], "%s leads to a page", key)
		}
		rows = append(rows, append([]string{key}, texts...))
	}
	return table([]string{"`reason_code`", "Usual causes", "What to do", "Read on"}, rows)
}

// Whoever meets a reason finds it on the page, once.
func TestEveryReasonIsExplained(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, b := range blocks(t, filepath.Join(root, "docs", "troubleshooting.md")) {
		if b.name == "codes" {
			for _, row := range b.rows() {
				got = append(got, row[0])
			}
		}
	}
	for _, reason := range reasons(t) {
		want = append(want, markdown.Cell(string(reason)))
	}
	assert.ElementsMatch(t, want, got)
}
