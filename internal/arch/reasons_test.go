package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// reasonTable lists every reason that package deploy declares. When each is given is written by hand.
func reasonTable(t *testing.T, b block) string {
	t.Helper()
	var rows [][]string
	for _, reason := range reasons(t) {
		exit := "0"
		if reason.Fails() {
			exit = "1"
		}
		key := markdown.Cell(string(reason))
		rows = append(rows, append([]string{key, markdown.Cell(string(reason.Outcome())), exit}, kept(t, b, key, 3, 1)...))
	}
	return table([]string{"`reason_code`", "`decision`", "Exit status", "When"}, rows)
}

// reasons reads the constants of type Reason from the source, so that none can be forgotten.
func reasons(t *testing.T) []deploy.Reason {
	t.Helper()
	path := filepath.Join(root, "internal", "deploy", "reason.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var found []deploy.Reason
	ast.Inspect(file, func(node ast.Node) bool {
		spec, isSpec := node.(*ast.ValueSpec)
		if !isSpec {
			return true
		}
		if kind, named := spec.Type.(*ast.Ident); named && kind.Name == "Reason" {
			literal, isLiteral := spec.Values[0].(*ast.BasicLit)
			require.True(t, isLiteral, "%v", spec.Names)
			word, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			found = append(found, deploy.Reason(word))
		}
		return true
	})
	require.NotEmpty(t, found)
	return found
}
