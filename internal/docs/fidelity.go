package docs

import (
	"cmp"
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
	text := fmt.Sprintf("%s: %s", s.Kind, s.Name)
	if strings.HasPrefix(s.Name, "https://") {
		text = fmt.Sprintf("[%s](%s)", s.Kind, s.Name)
	}
	if s.Thin != "" {
		text += "; thin: " + s.Thin
	}
	return text
}

// played says what a token needs, what is made by hand, and for what no program plays which test plays it instead.
func played(m *maker, a conform.Assumption) string {
	m.check(a.Play != nil || a.Why != "", "the row %s says neither how it is played nor why not", a.ID)
	var token []string
	if a.Personal {
		token = append(token, "a fine-grained personal token")
	}
	for _, need := range a.Needs {
		token = append(token, "`"+need+"`")
	}
	if a.Lacks != "" {
		token = append(token, "without `"+a.Lacks+"`")
	}
	var parts []string
	if a.Play != nil {
		parts = append(parts, cmp.Or(strings.Join(token, ", "), "any token"))
	}
	if a.Why != "" {
		parts = append(parts, "by hand: "+a.Why)
	}
	if a.Instead != "" {
		parts = append(parts, "a test plays what follows: `"+a.Instead+"`")
	}
	return strings.Join(parts, "; ")
}
