// Package markup builds HTML and SVG in which text from outside cannot become anything but text.
//
// Names of elements and attributes, and style sheets, have a type that only a constant in the source has. Everything
// else is escaped, and there is no way around that: a Node can be made by the functions of this package only.
package markup

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"slices"
	"strings"
	"unicode"
)

// constant is text that is written in the source: no variable of another package can be passed for it.
type constant string

// Node is a piece of a document. The zero Node is nothing.
type Node struct{ text string }

// String returns the piece as HTML.
func (n Node) String() string { return n.text }

// Attribute is an attribute of an element. The zero Attribute is left out.
type Attribute struct{ text string }

// Attr returns an attribute with that value. An address that is neither https nor a place in the same document is left
// out.
func Attr(name constant, value string) Attribute {
	if name == "href" && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "#") {
		return Attribute{}
	}
	return Attribute{" " + string(name) + `="` + html.EscapeString(Plain(value)) + `"`}
}

// Text returns text as what it says.
func Text(text string) Node { return Node{html.EscapeString(Plain(text))} }

// Element returns an element with its attributes and what is in it.
func Element(name constant, attributes []Attribute, children ...Node) Node {
	var b strings.Builder
	b.WriteString("<" + string(name))
	for _, attribute := range attributes {
		b.WriteString(attribute.text)
	}
	b.WriteString(">")
	if slices.Contains([]constant{"meta", "br"}, name) {
		return Node{b.String()}
	}
	for _, child := range children {
		b.WriteString(child.text)
	}
	b.WriteString("</" + string(name) + ">")
	return Node{b.String()}
}

// Group returns pieces one after the other.
func Group(children ...Node) Node {
	var b strings.Builder
	for _, child := range children {
		b.WriteString(child.text)
	}
	return Node{b.String()}
}

// Link returns a link, or only what is in it when the address is not https.
func Link(address string, children ...Node) Node {
	if !strings.HasPrefix(address, "https://") {
		return Group(children...)
	}
	return Element("a", []Attribute{Attr("href", address), Attr("rel", "noopener noreferrer")}, children...)
}

// Name returns a name that someone chose, apart from the direction of the text around it.
func Name(name string) Node { return Element("bdi", nil, Text(name)) }

// Style returns a style sheet.
func Style(sheet constant) Node { return Node{"<style>" + string(sheet) + "</style>"} }

// StyleSource returns what a Content-Security-Policy allows a style sheet by.
func StyleSource(sheet constant) string {
	sum := sha256.Sum256([]byte(sheet))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Document returns a whole page in English.
func Document(head, body Node) string {
	root := Element("html", []Attribute{Attr("lang", "en")}, Element("head", nil, head), Element("body", nil, body))
	return "<!DOCTYPE html>\n" + root.text + "\n"
}

// mostMarks is how many marks may sit on one letter: more of them would cover the lines around it.
const mostMarks = 4

// Plain returns text on one line, without what hides or reorders it.
func Plain(text string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			r = ' '
		case unicode.In(r, unicode.Bidi_Control):
			r = unicode.ReplacementChar
		}
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks > mostMarks {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}
