package release

import (
	"fmt"
	"regexp"
	"strings"
)

// Notes is the section of the changelog about a version. A version before its time may go without
// one of its own; then it is what is not released yet.
func Notes(changelog string, v Version) (string, error) {
	sections := readSections(changelog)
	dated := regexp.MustCompile(`^\[?` + regexp.QuoteMeta(v.String()) + `\]? - \d{4}-\d{2}-\d{2}$`)
	unreleased := regexp.MustCompile(`^\[?Unreleased\]?$`)
	for _, s := range sections {
		if dated.MatchString(s.title) || (v.Pre != "" && unreleased.MatchString(s.title)) {
			return s.text()
		}
	}
	return "", fmt.Errorf("find notes: the changelog has no heading `## %s - YYYY-MM-DD`", v)
}

// section is a heading of the second level and what stands below it.
type section struct {
	title string
	lines []string
}

func readSections(changelog string) []section {
	var sections []section
	fenced := false
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		title, heading := strings.CutPrefix(line, "## ")
		switch {
		case heading && !fenced:
			sections = append(sections, section{title: strings.TrimSpace(title)})
		case len(sections) > 0:
			last := &sections[len(sections)-1]
			last.lines = append(last.lines, line)
		}
	}
	return sections
}

// text leaves out the addresses of links between versions. Headings alone say nothing.
func (s section) text() (string, error) {
	address := regexp.MustCompile(`^\[[^\]]+\]: \S+$`)
	var kept []string
	says := false
	for _, line := range s.lines {
		if address.MatchString(line) {
			continue
		}
		kept = append(kept, line)
		says = says || (strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#"))
	}
	if !says {
		return "", fmt.Errorf("find notes: the section %q of the changelog says nothing", s.title)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")) + "\n", nil
}
