package policy

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const byteOrderMark = "\ufeff"

// parse returns the one value that the file is.
func parse(text string) (*yaml.Node, *Error) {
	if problem := checkText(text); problem != nil {
		return nil, problem
	}
	text = strings.TrimPrefix(text, byteOrderMark)
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF), err == nil && isEmpty(&first):
		return nil, fault(1, 1, "the file is empty; write version: 1 and environments")
	case err != nil:
		return nil, syntaxError(text, err)
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, syntaxError(text, err)
	}
	return nil, fault(max(second.Line, 1), max(second.Column, 1), "the file has a second document, which would be ignored")
}

func fault(line, column int, text string) *Error {
	return &Error{Line: line, Column: column, Text: text}
}

func isEmpty(document *yaml.Node) bool {
	if len(document.Content) != 1 {
		return true
	}
	only := document.Content[0]
	return only.Kind == yaml.ScalarNode && only.Value == "" && only.Style == 0
}

// checkText refuses what no person can see, and line breaks that editors do not count.
func checkText(text string) *Error {
	if len(text) > longestFile {
		return fault(1, 1, fmt.Sprintf("the file has %d bytes; at most %d are read", len(text), longestFile))
	}
	line, column := 1, 0
	for i, char := range text {
		column++
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case char == utf8.RuneError && size == 1:
			return fault(line, column, "the file is not UTF-8 here; save it as UTF-8")
		case char == '\n':
			line, column = line+1, 0
		case char == '\r' && strings.HasPrefix(text[i+1:], "\n"), char == '\t':
		case string(char) == byteOrderMark && i == 0:
			column = 0
		case isHidden(char), isJoiner(char) && !joins(text, i):
			return fault(line, column, fmt.Sprintf("the file has the invisible character %U here; remove it", char))
		}
	}
	return nil
}

// isHidden reports whether a character cannot be seen, or changes how others are shown: control characters, the
// line breaks of YAML 1.1, marks that turn the direction of text, and what takes no space. Those that join the parts of
// emoji and of words in some languages are seen in their effect.
func isHidden(char rune) bool {
	if char >= ' ' && char <= '~' || isJoiner(char) {
		return false
	}
	return unicode.In(char, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || slices.Contains([]rune(blanks), char)
}

// blanks are letters that look like nothing.
const blanks = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"

// isJoiner reports whether a character only changes how those around it look.
func isJoiner(char rune) bool {
	return char == '\u200c' || char == '\u200d' || unicode.Is(unicode.Variation_Selector, char)
}

// joins reports whether the joiner at a place of a text has something to join: it has no effect on letters of English.
func joins(text string, at int) bool {
	const keycap = "\ufe0f\u20e3"
	last, size := utf8.DecodeLastRuneInString(text[:at])
	return size > 1 && !isJoiner(last) || strings.HasPrefix(text[at:], keycap)
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError says where a text stops being YAML.
func syntaxError(text string, err error) *Error {
	problem := yamlError.ReplaceAllString(err.Error(), "")
	advice := "check the indentation here and in the line above, the quotes and the brackets"
	switch {
	case strings.Contains(problem, "tab character"), strings.Contains(problem, "cannot start any token") && strings.Contains(text, "\t"):
		advice = "indent with spaces, not with tabs"
	case strings.Contains(problem, "unknown anchor"):
		advice = "define the anchor above"
	}
	return fault(lineOf(text, err), 1, "this is not YAML: "+cut(problem)+"; "+advice)
}

// lineOf returns the line that a YAML error is about. The library names the line where the surrounding block begins, if
// any: the line that is meant is the first with which the text, cut there, has the same error.
func lineOf(text string, err error) int {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	line := 1
	if len(lines) <= mostLinesSearched {
		line += firstLine(lines, err)
	}
	if named := yamlError.FindStringSubmatch(err.Error()); named != nil && named[1] != "" {
		number, _ := strconv.Atoi(named[1])
		line = max(line, min(number, len(lines)))
	}
	return line
}

// mostLinesSearched limits the search, which reads the text once for each time that its length can be halved.
const mostLinesSearched = 5_000

// firstLine returns the index of the first line with which the text before and with it has an error.
func firstLine(lines []string, err error) int {
	return sort.Search(len(lines)-1, func(i int) bool {
		var node yaml.Node
		short := yaml.Unmarshal([]byte(strings.Join(lines[:i+1], "")), &node)
		return short != nil && short.Error() == err.Error()
	})
}
