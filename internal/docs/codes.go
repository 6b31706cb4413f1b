package docs

import (
	"regexp"
	"slices"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// link is a link in Markdown, and nothing else.
var link = regexp.MustCompile(`^\[.+\]\(.+\)$`)

// codeTable lists the reasons with the outcomes that the arguments name. What each means, with what to do, and
// where to read on is written by hand.
func codeTable(m *maker, b block) string {
	var rows [][]string
	for _, reason := range reasons(m) {
		if !slices.Contains(b.words(), string(reason.Outcome())) {
			continue
		}
		key := markdown.Cell(string(reason))
		texts := kept(m, b, key, 1, 2)
		m.check(link.MatchString(texts[1]), "the row of %s wants a link in its last column", key)
		rows = append(rows, append([]string{key}, texts...))
	}
	return table([]string{"`reason_code`", "Usual cause, and what to do", "Read on"}, rows)
}
