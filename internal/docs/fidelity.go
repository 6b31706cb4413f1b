package docs

import (
	"fmt"
	"strings"

	"github.com/lockstep-action/lockstep/internal/conform"
)

// assumptionTable lists what is assumed about GitHub, with what it rests on and whether it was seen.
func assumptionTable(m *maker, _ block) string {
	var rows [][]string
	for _, a := range conform.Table() {
		seen := "not yet seen on GitHub"
		if a.SeenOn != "" {
			seen = a.SeenOn
		}
		rows = append(rows, []string{a.ID, cell(a.Says), cell(restsOn(a.Source)), cell(played(m, a)), cell(seen)})
	}
	return table([]string{"", "What GitHub does", "It rests on", "To play it", "Seen"}, rows)
}

func restsOn(s conform.Source) string {
	if strings.HasPrefix(s.Name, "https://") {
		return fmt.Sprintf("[%s](%s)", s.Kind, s.Name)
	}
	return fmt.Sprintf("%s: %s", s.Kind, s.Name)
}

// played says what a token needs, or why no program plays the row.
func played(m *maker, a conform.Assumption) string {
	if a.Play == nil {
		m.check(a.Why != "", "the row %s says neither how it is played nor why not", a.ID)
		return "by hand: " + a.Why
	}
	var parts []string
	for _, need := range a.Needs {
		parts = append(parts, "`"+need+"`")
	}
	if a.Lacks != "" {
		parts = append(parts, "without `"+a.Lacks+"`")
	}
	if len(parts) == 0 {
		return "any token"
	}
	return strings.Join(parts, ", ")
}
