package checklist

import (
	"regexp"
	"strings"
)

// maxDepth is how many quotes and items are followed into each other, for a line to take a bounded time. What is deeper is
// text.
const maxDepth = 50

// reader follows the blocks of a description, line by line.
type reader struct {
	want    string
	list    List
	section section

	containers []container // which the line before is in, the outermost first
	leaf       leaf        // the block inside of them
	paragraph  []string    // its lines, without the box of an item
	box        mark        // of the item that begins with the paragraph
	fresh      bool        // nothing has come in an item yet
	fence      fence
	html       htmlBlock
}

// container is a quote, or an item of a list.
type container struct {
	indent int  // of what an item contains, 0 for a quote
	empty  bool // an item in which nothing has come yet
}

// leaf is a block that can go on in the next line.
type leaf int

const (
	noLeaf leaf = iota
	paragraphLeaf
	fenceLeaf
	htmlLeaf
)

// fence is what begins a block of code.
type fence struct {
	character byte
	length    int
}

var (
	fenceStart = regexp.MustCompile("^(`{3,})[^`]*$|^(~{3,})")
	atx        = regexp.MustCompile(`^(#{1,6})(?: +(.*))?$`)
	underline  = regexp.MustCompile(`^(?:=+|-+) *$`)
	rule       = regexp.MustCompile(`^(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$`)
	marker     = regexp.MustCompile(`^(?:[-+*]|([0-9]{1,9})[.)])(?: |$)`)
)

// line reads the next line.
func (r *reader) line(text string) {
	rest, depth := r.match(text)
	if depth < len(r.containers) {
		r.fresh = false
		if r.leaf != paragraphLeaf {
			r.enter(depth)
		}
	}
	switch r.leaf {
	case fenceLeaf:
		r.fenceLine(rest)
		return
	case htmlLeaf:
		r.htmlLine(rest)
		return
	case noLeaf, paragraphLeaf:
	}
	for {
		inner, begins := r.begin(rest, depth)
		if !begins {
			break
		}
		rest, depth = inner, depth+1
	}
	r.block(rest, depth)
}

// match returns the part of a line behind the containers that go on in it, and how many these are.
func (r *reader) match(rest string) (string, int) {
	for i := range r.containers {
		one := &r.containers[i]
		indent := indentOf(rest)
		switch {
		case one.indent == 0 && indent < 4 && strings.HasPrefix(rest[indent:], ">"):
			rest = strings.TrimPrefix(rest[indent+1:], " ")
		case one.indent > 0 && indent == len(rest) && !one.empty:
			rest = ""
		case one.indent > 0 && indent < len(rest) && indent >= one.indent:
			rest = rest[one.indent:]
		default:
			return rest, i
		}
		one.empty = one.empty && rest == ""
	}
	return rest, len(r.containers)
}

// enter ends the block before, and the containers from a depth on.
func (r *reader) enter(depth int) {
	r.closeParagraph()
	r.leaf = noLeaf
	r.containers = r.containers[:depth]
}

// begin begins the quote or the item at the front of a line, and returns what it contains of it.
func (r *reader) begin(rest string, depth int) (string, bool) {
	indent := indentOf(rest)
	if indent > 3 || indent == len(rest) || depth >= maxDepth {
		return rest, false
	}
	text := rest[indent:]
	if text[0] == '>' {
		r.enter(depth)
		r.containers, r.fresh = append(r.containers, container{}), false
		return strings.TrimPrefix(text[1:], " "), true
	}
	one, isItem := itemAt(text)
	if !isItem || rule.MatchString(text) || r.interrupts(depth) && (underline.MatchString(text) || !one.interrupts) {
		return rest, false
	}
	r.enter(depth)
	r.containers = append(r.containers, container{indent: indent + one.width, empty: one.empty})
	r.fresh = true
	return text[min(one.width, len(text)):], true
}

// interrupts reports whether a block that begins at a depth would interrupt a paragraph.
func (r *reader) interrupts(depth int) bool {
	return r.leaf == paragraphLeaf && depth == len(r.containers)
}

// item is the beginning of an item.
type item struct {
	width      int  // of the marker and the blanks behind it
	empty      bool // nothing comes behind them
	interrupts bool // it can come right after the lines of a paragraph
}

// itemAt returns the beginning of the item at the front of a text.
func itemAt(text string) (item, bool) {
	found := marker.FindStringSubmatch(text)
	if found == nil {
		return item{}, false
	}
	width := len(strings.TrimRight(found[0], " "))
	blanks := indentOf(text[width:])
	isEmpty := width+blanks == len(text)
	if isEmpty || blanks > 4 {
		blanks = 1
	}
	return item{width + blanks, isEmpty, !isEmpty && (found[1] == "" || strings.TrimLeft(found[1], "0") == "1")}, true
}

// block reads what is in a line behind its containers.
func (r *reader) block(rest string, depth int) {
	indent := indentOf(rest)
	text := rest[indent:]
	switch heading := atx.FindStringSubmatch(text); {
	case text == "":
		r.enter(depth)
		return
	case indent > 3:
		r.indented(text, depth)
	case heading != nil:
		r.enter(depth)
		r.heading(withoutClosing(heading[2]), len(heading[1]))
	case fenceStart.MatchString(text):
		r.enter(depth)
		r.leaf, r.fence = fenceLeaf, fence{text[0], len(text) - len(strings.TrimLeft(text, text[:1]))}
	case r.htmlAt(text) != nil:
		end := r.htmlAt(text)
		r.enter(depth)
		r.leaf, r.html = htmlLeaf, htmlBlock{end: end}
		r.htmlLine(rest)
	case r.interrupts(depth) && underline.MatchString(text):
		title := strings.Join(r.paragraph, " ")
		r.enter(depth)
		r.underlined(title, map[byte]int{'=': 1, '-': 2}[text[0]])
	case rule.MatchString(text):
		r.enter(depth)
	default:
		r.text(text, depth)
	}
	r.fresh = false
}

// indented reads a line that is code unless a paragraph goes on in it. GitHub shows a box that is far from the marker of
// its item.
func (r *reader) indented(text string, depth int) {
	found, _ := box(text)
	switch {
	case r.leaf == paragraphLeaf:
		r.paragraph = append(r.paragraph, text)
	case r.fresh && found != noBox:
		r.text(text, depth)
	default:
		r.enter(depth)
	}
}

// text begins a paragraph, or goes on with the one before.
func (r *reader) text(text string, depth int) {
	if r.leaf == paragraphLeaf {
		r.paragraph = append(r.paragraph, text)
		return
	}
	r.enter(depth)
	r.leaf = paragraphLeaf
	if r.fresh {
		r.box, text = box(text)
	}
	r.paragraph = []string{text}
}

// fenceLine reads a line of a block of code.
func (r *reader) fenceLine(rest string) {
	indent := indentOf(rest)
	behind := strings.TrimLeft(rest[indent:], string(r.fence.character))
	if indent < 4 && len(rest)-indent-len(behind) >= r.fence.length && strings.Trim(behind, " ") == "" {
		r.leaf = noLeaf
	}
}

// closeParagraph counts the boxes of the paragraph before: the one that it begins with, and lines that look like items.
func (r *reader) closeParagraph() {
	if r.leaf != paragraphLeaf {
		return
	}
	shown, _ := visible(strings.Join(r.paragraph, "\n"))
	current, words := r.box, []string{}
	for line := range strings.SplitSeq(shown, "\n") {
		if found, text := boxLine(line); found != noBox {
			r.add(current, strings.Join(words, " "))
			current, words, line = found, nil, text
		}
		words = append(words, strings.Fields(line)...)
	}
	r.add(current, strings.Join(words, " "))
	r.leaf, r.box, r.paragraph = noLeaf, noBox, nil
}
