package template

import (
	"strings"
	"unicode/utf8"
)

// maxLength is how long a message gets at most, in bytes. GitHub takes comments of a quarter of
// that at most, so that what is cut off could not have been shown.
const maxLength = 1 << 20

// Render fills the template in. A message that would be longer than a mebibyte is cut there.
func (t Template) Render(v Values) string {
	r := rendering{values: v, escapes: escapes()}
	for r.next < len(t.steps) && !r.full {
		s := t.steps[r.next]
		r.next++
		s.do(&r)
	}
	return r.message.String()
}

// escapes replaces what would have a meaning in HTML.
func escapes() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")
}

// rendering is a message in the making.
type rendering struct {
	values  Values
	escapes *strings.Replacer
	message strings.Builder
	next    int  // the step to do next
	full    bool // something was cut off
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

// step is one part of a parsed template. Jumps only lead forward, so that each step is done once
// at most.
type step interface {
	do(r *rendering)
}

// literalText is copied.
type literalText string

func (l literalText) do(r *rendering) { r.write(string(l)) }

// insertion stands for the value of a variable.
type insertion variable

func (i insertion) do(r *rendering) {
	text := show(i.read(r.values))
	if !i.raw {
		text = r.escapes.Replace(text)
	}
	r.write(text)
}

// choice stands for one of two texts.
type choice struct {
	condition condition
	yes, no   string
}

func (c choice) do(r *rendering) {
	if c.condition.holds(r.values) {
		r.write(c.yes)
		return
	}
	r.write(c.no)
}

// skip goes to another step unless the condition holds.
type skip struct {
	unless condition
	to     int
}

func (s *skip) do(r *rendering) {
	if !s.unless.holds(r.values) {
		r.next = s.to
	}
}

// jump goes to another step.
type jump struct{ to int }

func (j *jump) do(r *rendering) { r.next = j.to }
