package template

import (
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

type tokenKind int

const (
	plain      tokenKind = iota // text that is copied
	expression                  // what stands between {{ and }}
	tag                         // what stands between {% and %}
	stray                       // an opening delimiter that belongs to nothing
)

// token is a part of a template.
type token struct {
	kind tokenKind
	text string // without delimiters and the white space inside of them
	line int    // on which the token starts, from 1
}

// scanner splits a template into tokens, from left to right and each as short as possible.
type scanner struct {
	text string
	line int // on which text starts

	// How much text is left where the last closing delimiter of each kind starts. What opens with
	// less text behind it is never closed; knowing it saves looking for its end again and again.
	lastOfExpressions int
	lastOfTags        int
}

func newScanner(text string) *scanner {
	return &scanner{
		text: text, line: 1,
		lastOfExpressions: leftAtLast(text, "}}"),
		lastOfTags:        leftAtLast(text, "%}"),
	}
}

// leftAtLast tells how much text is left where the last delimiter starts, and all of it and more
// when there is none.
func leftAtLast(text, delimiter string) int {
	if i := strings.LastIndex(text, delimiter); i >= 0 {
		return len(text) - i
	}
	return len(text) + 1
}

func (s *scanner) more() bool { return s.text != "" }

// next takes the next token off the text. It goes nowhere past a stray delimiter.
func (s *scanner) next() token {
	if closer := s.closer(0); closer != "" {
		inside, _, _ := strings.Cut(s.text[2:], closer)
		kind := expression
		if closer == "%}" {
			kind = tag
		}
		t := token{kind: kind, text: js.Trim(inside), line: s.line}
		s.skip(len(inside) + 4)
		return t
	}
	text := s.text[:s.nextOpener()]
	if i := strayOpener(text); i >= 0 {
		s.skip(i)
		return token{kind: stray, text: s.text[:2], line: s.line}
	}
	t := token{kind: plain, text: text, line: s.line}
	s.skip(len(text))
	return t
}

// closer returns the delimiter that closes what opens at i, and nothing when there nothing opens or
// it is never closed.
func (s *scanner) closer(i int) string {
	behind := len(s.text) - i - 2
	switch {
	case strings.HasPrefix(s.text[i:], "{{") && behind >= s.lastOfExpressions:
		return "}}"
	case strings.HasPrefix(s.text[i:], "{%") && behind >= s.lastOfTags:
		return "%}"
	}
	return ""
}

// nextOpener finds where the next expression or tag opens: at the end of the text when there is none.
func (s *scanner) nextOpener() int {
	for i := range len(s.text) {
		if s.text[i] == '{' && s.closer(i) != "" {
			return i
		}
	}
	return len(s.text)
}

// strayOpener finds an opening delimiter in text that belongs to no expression or tag. There are
// no comments, so that the one for comments always is such a delimiter.
func strayOpener(text string) int {
	for i := range len(text) - 1 {
		if text[i] == '{' && strings.IndexByte("{%#", text[i+1]) >= 0 {
			return i
		}
	}
	return -1
}

func (s *scanner) skip(length int) {
	s.line += strings.Count(s.text[:length], "\n")
	s.text = s.text[length:]
}
