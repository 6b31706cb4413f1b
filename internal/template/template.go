// Package template fills in the message templates that a repository may have.
//
// The grammar is the one of branch-deploy, and small on purpose: variables, a choice between two
// literals, and blocks that appear on a condition. A template can neither call anything nor loop, and
// what it inserts is never read as a template again.
package template

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// maxLength is in bytes: four times what GitHub takes, so what is cut off could not have been shown.
const maxLength = 1 << 20

//nolint:gochecknoglobals // a table
var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// Template is a parsed template. The zero value is an empty one.
type Template struct{ nodes []node }

// Empty reports whether the template's text is empty, or white space alone.
func (t Template) Empty() bool {
	return !slices.ContainsFunc(t.nodes, func(n node) bool {
		text, ok := n.(plainText)
		return !ok || js.Trim(string(text)) != ""
	})
}

// Render returns the template with values filled in, cut after a mebibyte.
func (t Template) Render(v Values) string {
	r := rendering{values: v}
	r.all(t.nodes)
	return r.message.String()
}

type rendering struct {
	values  Values
	message strings.Builder
	full    bool // something was cut off
}

func (r *rendering) all(nodes []node) {
	for _, n := range nodes {
		if r.full {
			return
		}
		n.render(r)
	}
}

// write appends as many whole characters as there is room for.
func (r *rendering) write(text string) {
	if room := maxLength - r.message.Len(); len(text) > room {
		for room > 0 && !utf8.RuneStart(text[room]) {
			room--
		}
		text, r.full = text[:room], true
	}
	r.message.WriteString(text)
}

type node interface{ render(r *rendering) }

type plainText string

func (p plainText) render(r *rendering) { r.write(string(p)) }

// insertion is replaced by the value of a variable.
type insertion variable

func (i insertion) render(r *rendering) {
	text := show(i.read(r.values))
	if !i.raw {
		text = escapes.Replace(text)
	}
	r.write(text)
}

// choice is replaced by one of two branches: a block, or an expression with two literals.
type choice struct {
	condition condition
	yes, no   []node
}

func (c choice) render(r *rendering) {
	if c.condition.isTrue(r.values) {
		r.all(c.yes)
		return
	}
	r.all(c.no)
}

type condition struct {
	variable variable
	want     value
	differs  bool // asks for any other value
}

func (c condition) isTrue(v Values) bool { return (c.variable.read(v) == c.want) != c.differs }
