package release

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	unreleasedTitle = regexp.MustCompile(`^\[?Unreleased\]?$`)
	linkAddress     = regexp.MustCompile(`^\[[^\]]+\]: \S+$`)
)

// Notes returns the section of the changelog about a version. A prerelease has no section of its own
// when it has no heading; then the notes are what is not released yet.
func Notes(changelog string, v Version) (string, error) {
	dated := regexp.MustCompile(`^\[?` + regexp.QuoteMeta(v.String()) + `\]? - \d{4}-\d{2}-\d{2}$`)
	for _, s := range readSections(changelog) {
		if dated.MatchString(s.title) || v.IsPrerelease() && unreleasedTitle.MatchString(s.title) {
			return s.text()
		}
	}
	return "", fmt.Errorf("find notes: the changelog has no heading `## %s - YYYY-MM-DD`", v)
}

// section is a heading of the second level and what is below it.
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
	var kept []string
	says := false
	for _, line := range s.lines {
		if linkAddress.MatchString(line) {
			continue
		}
		kept = append(kept, line)
		says = says || strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#")
	}
	if !says {
		return "", fmt.Errorf("find notes: the section %q of the changelog says nothing", s.title)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")) + "\n", nil
}
