package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/markdown"
)

// reasonTable lists every reason that package deploy declares. When each is given is written by hand. The page says
// that failures and lock_conflict fail the step, and nothing else does.
func reasonTable(m *maker, b block) string {
	var rows [][]string
	for _, reason := range reasons(m) {
		fails := reason.Outcome() == deploy.Failure || reason == deploy.LockConflict
		m.check(reason.Fails() == fails, "%s does not end as the page says", reason)
		key := markdown.Cell(string(reason))
		rows = append(rows, append([]string{key, markdown.Cell(string(reason.Outcome()))}, kept(m, b, key, 2, 1)...))
	}
	return table([]string{"`reason_code`", "`decision`", "When"}, rows)
}

// reasons reads the constants of type Reason from the source: none can be forgotten.
func reasons(m *maker) []deploy.Reason {
	path := m.path("internal", "deploy", "reason.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	m.must(err)
	var found []deploy.Reason
	ast.Inspect(file, func(node ast.Node) bool {
		spec, isSpec := node.(*ast.ValueSpec)
		if !isSpec {
			return true
		}
		if kind, named := spec.Type.(*ast.Ident); named && kind.Name == "Reason" {
			literal, isLiteral := spec.Values[0].(*ast.BasicLit)
			m.require(isLiteral, "%v", spec.Names)
			word, err := strconv.Unquote(literal.Value)
			m.must(err)
			found = append(found, deploy.Reason(word))
		}
		return true
	})
	m.require(len(found) > 0, "there are no reasons")
	return found
}
