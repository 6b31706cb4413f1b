package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// maxDepth is how deep blocks may be nested.
const maxDepth = 100

// Parse reads a template. An error names the line, also in parts that no values would ever show.
func Parse(text string) (Template, error) {
	p := parser{
		text: text, line: 1,
		lastExpression: strings.LastIndex(text, "}}"), lastTag: strings.LastIndex(text, "%}"),
	}
	nodes, end, err := p.branch()
	if err == nil && end.kind == tag {
		err = end.fails(fmt.Errorf(`%q without "if"`, end.text))
	}
	if err != nil {
		return Template{}, err
	}
	return Template{nodes: nodes}, nil
}

type parser struct {
	text     string
	at, line int // where the next token starts
	depth    int // of open blocks

	// Where the last closing delimiter of each kind starts. What opens behind it is never closed;
	// knowing it saves looking for its end again and again.
	lastExpression, lastTag int
}

type tokenKind int

const (
	end        tokenKind = iota // of the template
	plain                       // text that is copied
	expression                  // what is between {{ and }}
	tag                         // what is between {% and %}
	stray                       // an opening delimiter that belongs to nothing
)

type token struct {
	kind tokenKind
	text string // without delimiters and the white space inside of them
	line int    // on which the token starts, from 1
}

func (t token) fails(err error) error {
	return fmt.Errorf("line %d: %w", t.line, err)
}

func (p *parser) next() token {
	t := token{line: p.line}
	if p.at == len(p.text) {
		return t
	}
	var length int
	if closer := p.closer(p.at); closer != "" {
		inside, _, _ := strings.Cut(p.text[p.at+2:], closer)
		t.kind, t.text, length = expression, js.Trim(inside), len(inside)+4
		if closer == "%}" {
			t.kind = tag
		}
	} else {
		t.kind, t.text = plain, p.text[p.at:p.nextOpener()]
		length = len(t.text)
		if found := strayOpener.FindStringIndex(t.text); found != nil {
			t.line += strings.Count(t.text[:found[0]], "\n")
			t.kind, t.text = stray, t.text[found[0]:found[1]]
		}
	}
	p.line += strings.Count(p.text[p.at:p.at+length], "\n")
	p.at += length
	return t
}

// closer returns "" when nothing opens at i, or when it is never closed.
func (p *parser) closer(i int) string {
	switch {
	case strings.HasPrefix(p.text[i:], "{{") && i+2 <= p.lastExpression:
		return "}}"
	case strings.HasPrefix(p.text[i:], "{%") && i+2 <= p.lastTag:
		return "%}"
	}
	return ""
}

func (p *parser) nextOpener() int {
	for i := p.at; i < len(p.text); i++ {
		if p.text[i] == '{' && p.closer(i) != "" {
			return i
		}
	}
	return len(p.text)
}

var strayOpener = regexp.MustCompile(`\{[{%#]`)

// branch reads nodes up to `else`, `endif` or the end of the template, and returns that token too.
func (p *parser) branch() ([]node, token, error) {
	var nodes []node
	for {
		t := p.next()
		if t.kind == end || t.kind == tag && (t.text == "else" || t.text == "endif") {
			return nodes, t, nil
		}
		n, err := p.node(t)
		if err != nil {
			return nil, t, err
		}
		nodes = append(nodes, n)
	}
}

func (p *parser) node(t token) (node, error) {
	r := reader{rest: t.text}
	switch {
	case t.kind == plain:
		return plainText(t.text), nil
	case t.kind == expression:
		if n := r.expression(); r.err == nil {
			return n, nil
		}
		return nil, t.fails(r.err)
	case t.kind == tag && r.keyword("if"):
		return p.block(t, &r)
	case t.kind == tag:
		return nil, t.fails(fmt.Errorf("unknown tag %s: there are if, else and endif", excerpt(t.text)))
	case t.text == "{#":
		return nil, t.fails(errors.New(`"{#" is not supported: templates have no comments`))
	}
	return nil, t.fails(fmt.Errorf("%q is never closed", t.text))
}

func (p *parser) block(opened token, r *reader) (node, error) {
	r.space("if")
	c := choice{condition: r.condition()}
	if p.depth == maxDepth {
		r.fail("blocks are nested deeper than %d", maxDepth)
	}
	if r.end(); r.err != nil {
		return nil, opened.fails(r.err)
	}
	p.depth++
	var last token
	var err error
	if c.yes, last, err = p.branch(); err == nil && last.text == "else" {
		c.no, last, err = p.branch()
	}
	p.depth--
	switch {
	case err != nil:
		return nil, err
	case last.kind == end:
		return nil, opened.fails(errors.New(`"if" without "endif"`))
	case last.text == "else":
		return nil, last.fails(fmt.Errorf(`second "else" of the "if" on line %d`, opened.line))
	}
	return c, nil
}

// reader goes on after an error, of which the first one counts.
type reader struct {
	rest string
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) expression() node {
	if r.startsLiteral() {
		return r.choice()
	}
	found := r.variable()
	r.blanks()
	if r.keyword("if") {
		r.fail("only literals can be chosen from, not the variable %q", found.Name)
	}
	r.end()
	return insertion(found)
}

func (r *reader) choice() node {
	yes := r.literal()
	if r.blanks() == "" || !r.keyword("if") {
		r.fail(`expected " if " behind the literal, found %s`, r.found())
	}
	r.space("if")
	from := r.rest
	asked := r.condition()
	if strings.ContainsFunc(from[:len(from)-len(r.rest)], js.IsLineTerminator) {
		r.fail("the condition of a choice must be on one line")
	}
	if r.blanks() == "" || !r.keyword("else") || r.blanks() == "" {
		r.fail(`expected " else " and a literal behind the condition, found %s`, r.found())
	}
	no := r.literal()
	r.end()
	return choice{asked, []node{plainText(show(yes))}, []node{plainText(show(no))}}
}

func (r *reader) condition() condition {
	negated := r.keyword("not")
	if negated {
		r.space("not")
	}
	found := r.variable()
	behind := r.rest
	r.blanks()
	if compared := r.take(operator); compared != "" && !negated {
		r.blanks()
		return condition{variable: found, want: r.literal(), differs: compared[0] == '!'}
	}
	r.rest = behind
	if found.Type != booleanType {
		r.fail("variable %q is a %s, not a boolean: compare it with something", found.Name, found.Type)
	}
	return condition{variable: found, want: true, differs: negated}
}

func (r *reader) variable() variable {
	name := r.take(word)
	if name == "" {
		r.fail("expected a variable, found %s", r.found())
	}
	for _, one := range variables {
		if one.Name == name {
			return one
		}
	}
	r.fail("unknown variable %s", excerpt(name))
	return variable{}
}

//nolint:gochecknoglobals // a table
var wordLiterals = map[string]value{"true": true, "false": false, "null": nil}

var (
	word          = regexp.MustCompile(`^[a-z_][a-z_0-9]*`) // a name or a keyword
	operator      = regexp.MustCompile(`^[=!]==?`)          // all of them are strict
	stringLiteral = regexp.MustCompile(`^"(?:[^"\\]|\\[\s\S])*"`)
	numberLiteral = regexp.MustCompile(`^[-+.eE0-9]*`)
)

func (r *reader) startsLiteral() bool {
	_, isWord := wordLiterals[word.FindString(r.rest)]
	return isWord || r.rest != "" && strings.IndexByte(`"-+.0123456789`, r.rest[0]) >= 0
}

func (r *reader) literal() value {
	switch {
	case !r.startsLiteral():
		r.fail("expected a literal, found %s", r.found())
		return nil
	case r.rest[0] == '"':
		return r.stringLiteral()
	}
	if found := r.take(word); found != "" {
		return wordLiterals[found]
	}
	digits := r.take(numberLiteral)
	if !json.Valid([]byte(digits)) {
		r.fail("expected a JSON number, found %s", excerpt(digits))
	}
	// The error can only be that the number is too large, and then it is infinity as in JavaScript.
	number, _ := strconv.ParseFloat(digits, 64)
	return number
}

func (r *reader) stringLiteral() value {
	found := r.found()
	quoted := r.take(stringLiteral)
	if quoted == "" {
		r.fail("expected a string that ends with a quotation mark, found %s", found)
	}
	var text string
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		r.fail("expected a JSON string, found %s: %w", excerpt(quoted), err)
	}
	return text
}

func (r *reader) end() {
	if r.blanks(); r.rest != "" {
		r.fail("expected the end, found %s", r.found())
	}
}

// space wants a plain blank, and skips further white space.
func (r *reader) space(behind string) {
	if !strings.HasPrefix(r.rest, " ") {
		r.fail("expected a blank behind %q, found %s", behind, r.found())
	}
	r.blanks()
}

func (r *reader) blanks() string {
	before := r.rest
	r.rest = strings.TrimLeftFunc(r.rest, js.IsSpace)
	return before[:len(before)-len(r.rest)]
}

func (r *reader) keyword(wanted string) bool {
	if word.FindString(r.rest) != wanted {
		return false
	}
	r.rest = r.rest[len(wanted):]
	return true
}

func (r *reader) take(pattern *regexp.Regexp) string {
	found := pattern.FindString(r.rest)
	r.rest = r.rest[len(found):]
	return found
}

func (r *reader) found() string {
	if r.rest == "" {
		return "nothing"
	}
	return excerpt(r.rest)
}

func excerpt(text string) string {
	runes := 0
	for i := range text {
		if runes++; runes > 40 {
			return strconv.Quote(text[:i] + "…")
		}
	}
	return strconv.Quote(text)
}
