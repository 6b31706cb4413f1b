package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The diagram shows the right arrows.
func TestAround(t *testing.T) {
	t.Parallel()
	all := map[string][]string{"a": {"b", "c"}, "b": {"c"}, "c": nil}
	assert.True(t, around(all, "a", "c"), "through b")
	assert.False(t, around(all, "a", "b"))
	assert.False(t, around(all, "b", "c"))
}
