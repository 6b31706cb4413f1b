package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake in a rules file.
type Error struct {
	Line, Column int    // from 1
	Path         string // the key, such as environments.production.soak; "" for the file as a whole
	Text         string // what is wrong, and what to write
}

// Error returns the place and what is wrong there, in one line.
func (e *Error) Error() string {
	where := fmt.Sprintf("line %d, column %d: ", e.Line, e.Column)
	if e.Path != "" {
		where += e.Path + ": "
	}
	return where + e.Text
}

// Errors are all mistakes in a rules file, in the order of the lines.
type Errors []*Error

// sorted returns the mistakes in the order of the lines.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b *Error) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return e
}

// Error returns every mistake on a line of its own.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}
