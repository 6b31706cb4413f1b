package docs

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every page is found from the README.
func TestReadmeLeadsToEveryPage(t *testing.T) {
	t.Parallel()
	readme := read(repo(t), filepath.Join(root, "README.md"))
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		assert.Contains(t, readme, "](docs/"+filepath.Base(page)+")", "the README does not link this page")
	}
}
