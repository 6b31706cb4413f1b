// Package template fills in the message templates that a repository may hold.
//
// The grammar is the one of branch-deploy, and small on purpose: variables, a choice between two
// literals, and blocks that appear on a condition. A template can neither call anything nor loop, and
// what it inserts is never read as a template again.
package template

import (
	"fmt"
	"slices"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Template is a parsed template. The zero value is an empty one.
type Template struct {
	steps []step
}

// Parse reads a template. It checks every part, also those that no values would ever show; an error
// names the line and what is wrong there.
func Parse(text string) (Template, error) {
	p := parser{variables: variablesByName()}
	for s := newScanner(text); s.more(); {
		t := s.next()
		if err := p.add(t); err != nil {
			return Template{}, fmt.Errorf("line %d: %w", t.line, err)
		}
	}
	if len(p.open) > 0 {
		unended := p.open[len(p.open)-1]
		return Template{}, fmt.Errorf(`line %d: "if" without "endif"`, unended.line)
	}
	return Template{steps: p.steps}, nil
}

// Empty reports whether the template's text is empty, or white space alone.
func (t Template) Empty() bool {
	return !slices.ContainsFunc(t.steps, func(s step) bool {
		text, ok := s.(literalText)
		return !ok || js.Trim(string(text)) != ""
	})
}
