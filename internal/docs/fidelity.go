package docs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lockstep-action/lockstep/internal/conform"
)

// assumptionTable lists what is assumed about GitHub, with the evidence, and says how much of it was seen there.
func assumptionTable(_ *maker, _ block) string {
	all := conform.Table()
	seen := 0
	var rows [][]string
	for _, a := range all {
		known := evidence(a.Source)
		if a.SeenOn != "" {
			seen++
			known += "; seen: " + a.SeenOn
		}
		rows = append(rows, []string{a.ID, cell(a.Says), cell(known)})
	}
	return fmt.Sprintf("\nSeen on GitHub: %d of %d rows.\n", seen, len(all)) + table([]string{"", "What GitHub does", "Evidence"}, rows)
}

// numbered and repository are what the name of a source can begin with.
var (
	numbered   = regexp.MustCompile(`^([\w-]+/[\w.-]+)#(\d+)`)
	repository = regexp.MustCompile(`^[\w-]+/[\w-]+`)
)

// evidence names the kind of a source, with a link to it where it has an address.
func evidence(s conform.Source) string {
	text := map[conform.Kind]string{conform.Documentation: "docs", conform.Schema: "schema", conform.Tool: "tool", conform.PublicReport: "report"}[s.Kind]
	address := ""
	switch found := numbered.FindStringSubmatch(s.Name); {
	case strings.HasPrefix(s.Name, "https://"):
		address = s.Name
	case found != nil:
		address = "https://github.com/" + found[1] + "/issues/" + found[2]
	case s.Kind == conform.Tool:
		address = "https://github.com/" + repository.FindString(s.Name)
	}
	if address != "" {
		text = "[" + text + "](" + address + ")"
	}
	if s.Thin != "" {
		text += ", partly"
	}
	return text
}
