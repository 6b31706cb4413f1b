package similar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/similar"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"soak", "staging", "production", "größe"}
	for name, want := range map[string]string{
		"soak": "soak", "soack": "soak", "stagging": "staging", "prodction": "production", "prod": "", "xoxk": "", "": "",
		"groesse": "", "grösse": "größe", strings.Repeat("x", 1000): "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, similar.Nearest(name, known))
			assert.Empty(t, similar.Nearest(name, nil))
		})
	}
}
