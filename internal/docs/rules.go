package docs

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/lockstep-action/lockstep/internal/deploy"
	"github.com/lockstep-action/lockstep/internal/deploy/deploytest"
	"github.com/lockstep-action/lockstep/internal/markdown"
	"github.com/lockstep-action/lockstep/internal/policy"
)

// keyTable lists the keys of a rules file that may be in the places which the arguments name.
func keyTable(m *maker, b block) string {
	var rows [][]string
	for _, key := range policy.Keys() {
		if slices.Contains(b.words(), key.Where) {
			rows = append(rows, []string{"`" + key.Name + "`", key.Type, cmp.Or(key.Default, "–"), key.Meaning, mark[key.Rule]})
		}
	}
	m.require(len(rows) > 0, "keys: no key may be in %q", b.arguments)
	return table([]string{"Key", "Value", "Default", "Meaning", "Rule"}, rows)
}

// heldTable says which way of asking for a deployment is held to which rule.
func heldTable(*maker, block) string {
	ways := []deploy.Way{deploy.HeadWay, deploy.NoopWay, deploy.RollbackWay, deploy.StableWay, deploy.TrackedWay}
	heading := []string{"Rule", "`.deploy` (the head, an exact commit)", "`.noop`", "rollback", "`.deploy main` otherwise", "tracked start"}
	var rows [][]string
	for _, gate := range deploytest.RuleGates() {
		row := []string{gate}
		for _, way := range ways {
			row = append(row, mark[deploytest.Held(gate, way)])
		}
		rows = append(rows, row)
	}
	return table(heading, rows)
}

// fileBlock shows a file of the repository.
func fileBlock(m *maker, b block) string {
	language := map[string]string{".yml": "yaml", ".txtar": "txtar"}[filepath.Ext(b.arguments)]
	return "\n" + markdown.Fence(language, read(m, m.path(filepath.FromSlash(b.arguments)))) + "\n\n"
}

// mark is a tick for what is so.
//
//nolint:gochecknoglobals // a table
var mark = map[bool]string{true: "✔"}
