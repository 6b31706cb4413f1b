package command

import (
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// readShort reads a word with a single dash: -a.b=value, -a.b value, or letters.
func (p *paramParser) readShort(word string) error {
	name := firstLine(word[len("-"):])
	inner, isDotted := innerName(name)
	switch {
	case !isDotted:
		return p.readLetters(word)
	case strings.Contains(inner[1:], "="):
		return p.setDotted(word)
	}
	return p.setWithNext(name, func(next string) bool { return !strings.HasPrefix(next, "-") })
}

// innerName returns what stands behind the dot of a name that is one character, a dot and
// something more.
func innerName(name string) (string, bool) {
	first, size := utf8.DecodeRuneInString(name)
	inner, isDotted := strings.CutPrefix(name[size:], ".")
	return inner, isDotted && inner != "" && first <= 0xffff
}

// setDotted reads -a.b=value. Where the one character is an equals sign itself, the word means
// nothing.
func (p *paramParser) setDotted(word string) error {
	name, value, _ := strings.Cut(word[len("-"):], "=")
	if name == "" {
		return nil
	}
	return p.set(name, value)
}

// readLetters reads a group of one-letter flags. The group works on UTF-16 code units, because
// that is what its letters are: a character outside the Basic Multilingual Plane is two flags.
func (p *paramParser) readLetters(word string) error {
	units := js.Units(word[len("-"):])
	last := len(units) - 1
	for i := range last {
		ended, err := p.readLetter(units[i], units[i+1:])
		if err != nil || ended {
			return err
		}
	}
	if units[last] == '-' {
		return nil
	}
	return p.setWithNext(js.FromUnits(units[last:]), mayFollowLetters)
}

// readLetter reads one letter of a group, not the last, and reports whether the rest of the
// group was its value. Only if there are two more letters does the next one decide.
func (p *paramParser) readLetter(letter uint16, rest []uint16) (ended bool, err error) {
	name := js.FromUnits([]uint16{letter})
	between := len(rest) > 1
	switch {
	case between && rest[0] == '=':
		return true, p.set(name, js.FromUnits(rest[1:]))
	case !between && rest[0] == '-':
		return false, p.set(name, "-")
	case isLetter(letter) && isGroupNumber(rest), between && !isWordCharacter(rest[0]):
		return true, p.set(name, js.FromUnits(rest))
	}
	return false, p.set(name, true)
}

// mayFollowLetters reports whether next may be the value of the last letter of a group: a
// plain word, a negative number, or dashes that introduce no flag.
func mayFollowLetters(next string) bool {
	name, dashed := strings.CutPrefix(next, "-")
	if !dashed || isNegative(next) {
		return true
	}
	name = strings.TrimPrefix(name, "-")
	return name == "" || name[0] == '-'
}

func isLetter(unit uint16) bool {
	return unit >= 'a' && unit <= 'z' || unit >= 'A' && unit <= 'Z'
}

func isWordCharacter(unit uint16) bool {
	return isLetter(unit) || unit >= '0' && unit <= '9' || unit == '_'
}
