package template

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lockstep-action/lockstep/internal/js"
)

// reader reads an expression or a tag from left to right.
type reader struct {
	rest      string
	variables map[string]variable
}

// end wants nothing more to come.
func (r *reader) end() error {
	r.blanks()
	if r.rest != "" {
		return fmt.Errorf("expected the end, found %s", r.found())
	}
	return nil
}

// space wants a plain blank behind a word, and skips further white space.
func (r *reader) space(word string) error {
	if !r.take(" ") {
		return fmt.Errorf("expected a blank behind %q, found %s", word, r.found())
	}
	r.blanks()
	return nil
}

// blanks skips white space and returns it.
func (r *reader) blanks() string {
	before := r.rest
	r.rest = strings.TrimLeftFunc(r.rest, js.IsSpace)
	return before[:len(before)-len(r.rest)]
}

// keyword skips a whole word, and reports whether it was there.
func (r *reader) keyword(word string) bool {
	before := r.rest
	if r.word() == word {
		return true
	}
	r.rest = before
	return false
}

// word reads a name or a keyword, and returns nothing when none comes next.
func (r *reader) word() string {
	const letters, digits = "abcdefghijklmnopqrstuvwxyz_", "0123456789"
	if r.rest == "" || strings.IndexByte(letters, r.rest[0]) < 0 {
		return ""
	}
	before := r.rest
	r.rest = strings.TrimLeft(r.rest, letters+digits)
	return before[:len(before)-len(r.rest)]
}

// take skips a prefix, and reports whether it was there.
func (r *reader) take(prefix string) bool {
	rest, found := strings.CutPrefix(r.rest, prefix)
	r.rest = rest
	return found
}

// found shows what comes next, for an error.
func (r *reader) found() string {
	if r.rest == "" {
		return "nothing"
	}
	return excerpt(r.rest)
}

// excerpt quotes text, shortened to what fits into an error.
func excerpt(text string) string {
	const most = 40
	runes := 0
	for i := range text {
		if runes == most {
			return strconv.Quote(text[:i] + "…")
		}
		runes++
	}
	return strconv.Quote(text)
}
