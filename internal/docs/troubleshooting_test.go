package docs

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// Every reason because of which something does not go ahead is on the page, once. All others need no advice.
func TestEveryReasonIsExplained(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, b := range blocksOf(t, filepath.Join(root, "docs", "troubleshooting.md")) {
		if b.name == "codes" {
			for _, row := range b.rows() {
				got = append(got, row[0])
			}
		}
	}
	for _, reason := range reasons(repo(t)) {
		if outcome := reason.Outcome(); outcome != deploy.Continue && outcome != deploy.Complete {
			want = append(want, markdown.Cell(string(reason)))
		}
	}
	assert.ElementsMatch(t, want, got)
}
