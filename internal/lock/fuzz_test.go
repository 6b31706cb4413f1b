package lock_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/lock"
)

func FuzzParse(f *testing.F) {
	for _, one := range append(validFiles(), malformedFiles()...) {
		if len(one.text) < 1000 {
			f.Add(one.text)
		}
	}
	f.Add(deploymentLock().Marshal())
	f.Add(globalLock().Marshal())
	f.Fuzz(func(t *testing.T, text string) {
		d, err := lock.Parse(text)
		if err != nil {
			assert.Equal(t, lock.Document{}, d)
			assert.NotEmpty(t, faults(text))
			return
		}
		written := d.Marshal()
		assert.True(t, utf8.ValidString(written))
		assert.NotContains(t, written, "\n")
		assert.Empty(t, faults(written))
		assert.Empty(t, faults(text))
		again, err := lock.Parse(written)
		require.NoError(t, err)
		assert.Equal(t, d, again)
		assert.Equal(t, written, again.Marshal())
		assert.GreaterOrEqual(t, d.Pull(), 0)
	})
}
