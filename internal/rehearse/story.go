// Package rehearse plays stories on a simulated GitHub: whole conversations on a pull request.
//
// A story is a txtar file. Its comment section is the script, one verb a line; the file "with"
// holds the action's inputs, further files hold comments to compare with. The same stories are
// played by the tests and by the command rehearse, which shows them to people.
package rehearse

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/lockstep-action/lockstep/internal/app"
	"github.com/lockstep-action/lockstep/internal/similar"
)

// Story is one conversation.
type Story struct {
	Name  string
	Title string // the script's first lines that begin with #
	Lines []Line
	With  map[string]string // inputs
	Files map[string]string
}

// Line is one line of the script.
type Line struct {
	Number int
	Verb   string
	Rest   string
}

// ParseStory reads a story. The error names the line that could not be read.
func ParseStory(name string, data []byte) (Story, error) {
	archive := txtar.Parse(data)
	story := Story{Name: name, With: map[string]string{}, Files: map[string]string{}}
	number := 0
	for line := range strings.Lines(string(archive.Comment)) {
		number++
		line = strings.TrimSpace(line)
		if heading, isComment := strings.CutPrefix(line, "#"); isComment {
			if len(story.Lines) == 0 {
				story.Title = strings.TrimSpace(story.Title + " " + strings.TrimSpace(heading))
			}
			continue
		}
		if verb, rest, _ := strings.Cut(line, " "); verb != "" {
			story.Lines = append(story.Lines, Line{Number: number, Verb: verb, Rest: strings.TrimSpace(rest)})
		}
	}
	if len(story.Lines) == 0 {
		return Story{}, fmt.Errorf("read story %q: it has no lines", name)
	}
	for _, file := range archive.Files {
		number++ // of the line with the name
		if err := story.readSection(file, number); err != nil {
			return Story{}, err
		}
		number += strings.Count(string(file.Data), "\n")
	}
	return story, nil
}

// withSection holds the inputs.
const withSection = "with"

// readSection reads a part of the file behind the script. One that nothing reads is a mistake.
func (s *Story) readSection(file txtar.File, number int) error {
	_, again := s.Files[file.Name]
	s.Files[file.Name] = string(file.Data)
	switch {
	case again:
		return s.errorAt(number, fmt.Errorf("there are two sections %q", file.Name))
	case file.Name == withSection:
		return s.readWith(number)
	case !s.reads(file.Name) && !isPath(file.Name):
		return s.errorAt(number, fmt.Errorf("nothing reads the section %q; the inputs are in the section %q, a path with a slash is a file of the repository, other sections are files for cmp, commit, describe, issue and workflow", file.Name, withSection))
	}
	return nil
}

// isPath reports whether a section that no line reads is a file of the repository.
func isPath(section string) bool {
	return strings.Contains(section, "/") && fs.ValidPath(section)
}

// repository are the files that the default branch has when the story begins.
func (s *Story) repository() map[string]string {
	files := map[string]string{}
	for name, text := range s.Files {
		if isPath(name) && !s.reads(name) {
			files[name] = text
		}
	}
	return files
}

// reads reports whether the script names a section.
func (s *Story) reads(section string) bool {
	return slices.ContainsFunc(s.Lines, func(line Line) bool {
		all := append([]string{line.Verb}, strings.Fields(line.Rest)...)
		reader := line.Verb == "cmp" || slices.ContainsFunc(all, func(word string) bool { return slices.Contains(sectionVerbs(), word) })
		return reader && all[len(all)-1] == section
	})
}

// sectionVerbs are the verbs whose last word is a section.
func sectionVerbs() []string { return []string{"workflow", "commit", "describe", "issue"} }

// section is the text of a part of the story's file.
func (s *Story) section(name string) (string, error) {
	text, known := s.Files[name]
	if !known {
		return "", fmt.Errorf("the story has no file %q", name)
	}
	return text, nil
}

// readWith reads the inputs, "name: value" a line.
func (s *Story) readWith(number int) error {
	for line := range strings.Lines(s.Files[withSection]) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if err := s.readInput(line); err != nil {
			return s.errorAt(number, err)
		}
	}
	return nil
}

func (s *Story) readInput(line string) error {
	name, value, found := strings.Cut(line, ":")
	if !found {
		return fmt.Errorf("input line %q has no colon", line)
	}
	name = strings.TrimSpace(name)
	if _, again := s.With[name]; again {
		return fmt.Errorf("the input %q is there twice", name)
	}
	s.With[name] = strings.TrimSpace(value)
	return checkInputs(name)
}

func (s *Story) errorAt(number int, err error) error { return &LineError{s.Name, number, err} }

// LineError is about a line of a story that cannot be read.
type LineError struct {
	Story string
	Line  int // from 1
	Err   error
}

// Error names the story and the line.
func (e *LineError) Error() string {
	return fmt.Sprintf("read story %q, line %d: %v", e.Story, e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *LineError) Unwrap() error { return e.Err }

// checkInputs returns an error for the first name that is no input of the action.
func checkInputs(names ...string) error {
	for _, unknown := range app.UnknownInputs(names...) {
		return fmt.Errorf("there is no input %q%s", unknown.Given, perhaps(unknown.Nearest))
	}
	return nil
}

// errUnknown is about a name that is not known. It names the one that may be meant, or else all.
func errUnknown(what, name string, known []string) error {
	hint := perhaps(similar.Nearest(name, known))
	if hint == "" {
		hint = "; there are " + strings.Join(known, ", ")
	}
	return fmt.Errorf("there is no %s %q%s", what, name, hint)
}

// perhaps names what may be meant instead of an unknown name, if there is such a name.
func perhaps(nearest string) string {
	if nearest == "" {
		return ""
	}
	return ", perhaps " + strconv.Quote(nearest) + " is meant"
}

// words splits a line at blanks; a word in double quotes may hold blanks and Go's escapes.
func words(text string) ([]string, error) {
	var all []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		word, rest, _ := strings.Cut(text, " ")
		if strings.HasPrefix(text, `"`) {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, errQuotes(text)
			}
			rest = text[len(quoted):]
			// Unreachable error: QuotedPrefix only returns what Unquote accepts.
			word, _ = strconv.Unquote(quoted)
		}
		all, text = append(all, word), rest
	}
	return all, nil
}

func errQuotes(text string) error {
	return fmt.Errorf("%s has no closing quote, or an escape that Go does not know", text)
}

// readNumber reads a word that has to be a number.
func readNumber(what, word string) (int, error) {
	number, err := strconv.Atoi(word)
	if err != nil {
		return 0, fmt.Errorf("%s has to be a number, not %q", what, word)
	}
	return number, nil
}

// readDuration reads a word that has to be a length of time.
func readDuration(word string) (time.Duration, error) {
	length, err := time.ParseDuration(word)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 20m or 2h", word)
	}
	return length, nil
}

// readMoment reads a word that has to be a date with a time and the distance to UTC.
func readMoment(word string) (time.Time, error) {
	for _, form := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
		if moment, err := time.Parse(form, word); err == nil {
			return moment, inRange(moment)
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a moment such as 2026-12-24T10:00+01:00", word)
}

// inRange checks that a clock can get to a moment.
func inRange(moment time.Time) error {
	const earliest, latest = 1970, 2200
	if year := moment.UTC().Year(); year < earliest || year >= latest {
		return fmt.Errorf("a story plays between the years %d and %d, not in %d", earliest, latest, year)
	}
	return nil
}

// oneOf checks a word of which only some are known.
func oneOf(what, word string, known ...string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("%s has to be one of %s, not %q", what, strings.Join(known, ", "), word)
}
