package docs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/rehearse"
	"github.com/lockstep-action/lockstep/internal/sim"
)

const root = "../.." // the module's directory, as seen from this one

// repo gives generators the files of this repository. Their problems fail the test.
func repo(t *testing.T) *maker {
	t.Helper()
	m := newMaker(root)
	m.where = t.Name()
	t.Cleanup(func() { assert.Empty(t, strings.Join(m.problems, "\n")) })
	return m
}

// blocksOf finds the generated parts of a page.
func blocksOf(t *testing.T, path string) []block {
	t.Helper()
	m := repo(t)
	return blocks(m, read(m, path))
}

func schema(t *testing.T) *sim.Schema {
	t.Helper()
	loaded, err := rehearse.LoadSchema()
	require.NoError(t, err)
	return loaded
}
