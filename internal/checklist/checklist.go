// Package checklist reads the boxes under a heading of a pull request's description.
//
// It follows the blocks of GitHub's Markdown, since a reader sees no box in code or in a comment. Where GitHub
// shows something that only looks like a box, such as a list inside of HTML, the box counts: what is hidden or written
// wrong by mistake must not pass. The author can edit the description, which makes it a statement and no control.
package checklist

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/markdown"
)

// List is what a description has under a heading.
type List struct {
	Found bool     // the heading is there
	Boxes int      // ticked, open, struck out and optional ones
	Open  []string // the texts of the boxes that are still to be ticked, in order, shortened
}

// Read returns the boxes under every ATX heading with this text, each until the next heading of the same or a higher level.
// Case, a colon at the end and markup do not matter in a heading. A box that is struck out, (N/A) or (optional) is not open.
func Read(body, heading string) List {
	r := reader{want: plain(heading)}
	if r.want == "" {
		return List{}
	}
	body = strings.TrimPrefix(body, "\ufeff")
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(body, "\n") {
		r.line(expandTabs(line))
	}
	r.closeParagraph()
	return r.list
}

// section is the part of the description that counts.
type section struct {
	level  int  // of its heading, 0 outside of a section
	inside bool // its heading is in a quote or in a list
}

// heading begins or ends a section. A heading in a quote or a list does not end a section of the description itself.
func (r *reader) heading(text string, level int) {
	inside := len(r.containers) > 0
	switch {
	case strings.EqualFold(plain(text), r.want):
		r.list.Found = true
		if r.section.level == 0 || r.section.inside && !inside {
			r.section = section{level, inside}
		} else if !inside {
			r.section.level = min(r.section.level, level)
		}
	case level <= r.section.level && (!inside || r.section.inside):
		r.section = section{}
	}
}

// underlined is a heading with a line below it. One with the text that is searched for begins no section, and ends none.
func (r *reader) underlined(text string, level int) {
	if !strings.EqualFold(plain(text), r.want) {
		r.heading(text, level)
	}
}

// mark is what is in the brackets of a box.
type mark int

const (
	noBox mark = iota
	openBox
	tickedBox
)

// box returns the box at the beginning of a text, and the text after it. A box that GitHub does not show as one, because
// it is empty or text follows at once, is a box here. A link is not a box.
func box(text string) (mark, string) {
	text = strings.TrimLeft(text, " ")
	if !strings.HasPrefix(text, "[") {
		return noBox, text
	}
	within, rest, closed := strings.Cut(text[1:], "]")
	switch {
	case !closed || strings.HasPrefix(rest, "("):
		return noBox, text
	case strings.TrimFunc(within, isInvisible) == "":
		return openBox, rest
	case (within == "x" || within == "X") && !strings.HasPrefix(rest, "[") && !strings.HasPrefix(rest, ":"):
		return tickedBox, rest
	}
	return noBox, text
}

// boxLine returns the box of a line that looks like an item of a list, in a quote or not.
func boxLine(line string) (mark, string) {
	line = strings.TrimLeft(line, "> ")
	item, isItem := itemAt(line)
	if !isItem || item.empty {
		return noBox, line
	}
	return box(line[item.width:])
}

// add counts a box of the section.
func (r *reader) add(found mark, text string) {
	if found == noBox || r.section.level == 0 {
		return
	}
	r.list.Boxes++
	if found == openBox && !isExempt(text) {
		r.list.Open = append(r.list.Open, markdown.Brief(text))
	}
}

// isExempt reports whether an item need not be ticked.
func isExempt(text string) bool {
	_, words := visible(text)
	words = strings.ToLower(words)
	return isStruck(text) || strings.Contains(words, "(n/a)") || strings.Contains(words, "(optional)")
}

// isStruck reports whether all of a text is struck out.
func isStruck(text string) bool {
	inner, begins := strings.CutPrefix(text, "~~")
	inner, ends := strings.CutSuffix(inner, "~~")
	return begins && ends && inner != "" && inner == strings.TrimSpace(inner) && !strings.Contains(inner, "~~") &&
		!strings.HasPrefix(inner, "~") && !strings.HasSuffix(inner, "~") && !strings.HasSuffix(inner, `\`)
}
