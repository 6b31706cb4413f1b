package docs

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/config"
	"github.com/lockstep-action/lockstep/internal/track"
)

// The page of the inputs shows each of them once, in whatever groups.
func TestInputsPageIsComplete(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, b := range blocksOf(t, filepath.Join(root, "docs", "inputs.md")) {
		if b.name == "inputs" {
			got = append(got, b.words()...)
		}
	}
	for _, input := range config.Inputs(track.SinkTypes()...) {
		want = append(want, input.Name)
	}
	assert.ElementsMatch(t, want, got)
}
