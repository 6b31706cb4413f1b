package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each sample is on a page.
func TestSamplesAreShown(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, path := range documentation(repo(t)) {
		for _, b := range blocksOf(t, path) {
			if b.name == "says" {
				shown[b.arguments] = true
			}
		}
	}
	for name := range samples(repo(t)) {
		assert.True(t, shown[name], "no page shows <!-- says: %s -->", name)
	}
}
