package template

import (
	"errors"
	"fmt"
)

// maxDepth is how deep blocks may be nested.
const maxDepth = 100

// parser turns tokens into steps.
type parser struct {
	variables map[string]variable
	steps     []step
	open      []block // blocks that are not ended yet, the innermost last
}

// block is a block whose end is still to come. Its jumps learn where they go when that is known.
type block struct {
	line  int
	skip  *skip
	leave *jump // the jump in front of `else`, nil as long as there is none
}

func (p *parser) add(t token) error {
	switch t.kind {
	case plain:
		p.steps = append(p.steps, literalText(t.text))
		return nil
	case expression:
		return p.addExpression(t.text)
	case tag:
		return p.addTag(t)
	default:
		return strayError(t.text)
	}
}

// strayError tells why an opening delimiter may not stand where it stands.
func strayError(delimiter string) error {
	if delimiter == "{#" {
		return errors.New(`"{#" is not supported: templates have no comments`)
	}
	return fmt.Errorf("%q is never closed", delimiter)
}

func (p *parser) addExpression(text string) error {
	r := reader{rest: text, variables: p.variables}
	if startsLiteral(text) {
		chosen, err := r.choice()
		p.steps = append(p.steps, chosen)
		return err
	}
	inserted, err := r.insertion()
	p.steps = append(p.steps, inserted)
	return err
}

func (p *parser) addTag(t token) error {
	r := reader{rest: t.text, variables: p.variables}
	switch {
	case t.text == "else":
		return p.addElse()
	case t.text == "endif":
		return p.addEnd()
	case r.keyword("if"):
		return p.addIf(t.line, &r)
	}
	return fmt.Errorf("unknown tag %s: there are if, else and endif", excerpt(t.text))
}

func (p *parser) addIf(line int, r *reader) error {
	if err := r.space("if"); err != nil {
		return err
	}
	asked, err := r.condition()
	if err != nil {
		return err
	}
	if len(p.open) == maxDepth {
		return fmt.Errorf("blocks are nested deeper than %d", maxDepth)
	}
	opened := block{line: line, skip: &skip{unless: asked}}
	p.open = append(p.open, opened)
	p.steps = append(p.steps, opened.skip)
	return r.end()
}

func (p *parser) addElse() error {
	if len(p.open) == 0 {
		return errors.New(`"else" without "if"`)
	}
	innermost := &p.open[len(p.open)-1]
	if innermost.leave != nil {
		return fmt.Errorf(`second "else" of the "if" on line %d`, innermost.line)
	}
	innermost.leave = new(jump)
	p.steps = append(p.steps, innermost.leave)
	innermost.skip.to = len(p.steps)
	return nil
}

func (p *parser) addEnd() error {
	if len(p.open) == 0 {
		return errors.New(`"endif" without "if"`)
	}
	innermost := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	if innermost.leave != nil {
		innermost.leave.to = len(p.steps)
		return nil
	}
	innermost.skip.to = len(p.steps)
	return nil
}
