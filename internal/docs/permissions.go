package docs

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// permissionTable lists every permission that the action can find missing, in its own words. What
// each is for is written by hand.
func permissionTable(m *maker, b block) string {
	var rows [][]string
	for _, permission := range permissionsInCode(m) {
		key := markdown.Cell(permission)
		rows = append(rows, append([]string{key}, kept(m, b, key, 1, 2)...))
	}
	return table([]string{"Permission", "For", "Without it"}, rows)
}

// permissionsInCode finds the permissions that package gh names in its errors. Who may write may
// read as well.
func permissionsInCode(m *maker) []string {
	paths, err := filepath.Glob(m.path("internal", "gh", "*.go"))
	m.must(err)
	named := regexp.MustCompile("[\"` ]([a-z-]+: (?:read|write))[\"`]")
	found := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, match := range named.FindAllStringSubmatch(read(m, path), -1) {
			found[match[1]] = true
		}
	}
	m.require(len(found) > 0, "package gh names no permission")
	for permission := range found {
		// Not every workflow needs to write contents and statuses: both of their levels are shown.
		if scope, isWrite := strings.CutSuffix(permission, ": write"); isWrite && scope != "contents" && scope != "statuses" {
			delete(found, scope+": read")
		}
	}
	return slices.Sorted(maps.Keys(found))
}
