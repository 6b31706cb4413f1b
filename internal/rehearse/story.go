// Package rehearse plays stories: whole conversations on a pull request, on a simulated GitHub.
//
// A story is a txtar file. Its comment section is the script, one verb a line; the file "with"
// holds the action's inputs, further files hold comments to compare with. The same stories are
// played by the tests and by the command rehearse, which shows them to people.
package rehearse

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
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
	for _, file := range archive.Files {
		story.Files[file.Name] = string(file.Data)
	}
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
	return story, story.readWith()
}

// readWith reads the inputs, "name: value" a line.
func (s *Story) readWith() error {
	for line := range strings.Lines(s.Files["with"]) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return fmt.Errorf("read story %q: input line %q has no colon", s.Name, line)
		}
		s.With[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return nil
}

// words splits a line at blanks; a word in double quotes may hold blanks and Go's escapes.
func words(text string) ([]string, error) {
	var all []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		word, rest, _ := strings.Cut(text, " ")
		if strings.HasPrefix(text, `"`) {
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, fmt.Errorf("read %q: %w", text, err)
			}
			rest = text[len(quoted):]
			// Unreachable error: QuotedPrefix only returns what Unquote accepts.
			word, _ = strconv.Unquote(quoted)
		}
		all, text = append(all, word), rest
	}
	return all, nil
}
