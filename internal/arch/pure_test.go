package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/docs"
)

// Pure packages decide: the same facts give the same decision, whenever and wherever.
func TestPurePackages(t *testing.T) {
	t.Parallel()
	pure := docs.Pure()
	found := map[string]bool{}
	for name := range packages(t, "{{.ImportPath}}") {
		if !slices.Contains(pure, name) {
			continue
		}
		found[name] = true
		directory := filepath.Join(root, "internal", name)
		entries, err := os.ReadDir(directory)
		require.NoError(t, err)
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".go") && !strings.HasSuffix(entry.Name(), "_test.go") {
				assertPure(t, filepath.Join(directory, entry.Name()))
			}
		}
	}
	assert.True(t, found["deploy"] && found["plan"], "%v", found)
}

func assertPure(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	timeName := ""
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		assert.NotContains(t, []string{"net/http", "os", "os/exec", "math/rand", "math/rand/v2", "crypto/rand"}, imported, path)
		if imported == "time" {
			timeName = "time"
			if spec.Name != nil {
				timeName = spec.Name.Name
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, isSelector := node.(*ast.SelectorExpr)
		if !isSelector {
			return true
		}
		of, isName := selector.X.(*ast.Ident)
		clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
		if isName && of.Name == timeName && slices.Contains(clock, selector.Sel.Name) {
			t.Errorf("%s: asks the clock: time.%s", path, selector.Sel.Name)
		}
		return true
	})
}
