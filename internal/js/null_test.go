package js_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/lockstep-action/lockstep/internal/js"
)

func TestOrNull(t *testing.T) {
	t.Parallel()
	assert.Nil(t, js.OrNull(""))
	assert.Nil(t, js.OrNull(0))
	assert.Equal(t, "a", *js.OrNull("a"))
	assert.Equal(t, 41, *js.OrNull(41))
	assert.Nil(t, js.TimeOrNull(time.Time{}))
	assert.Equal(t, "2026-11-30T11:00:00Z", *js.TimeOrNull(time.Date(2026, 11, 30, 12, 0, 0, 5, time.FixedZone("", 3600))))
}
