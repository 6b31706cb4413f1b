package command

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lockstep-action/lockstep/internal/js"
)

// Params are the words behind the separator of a deployment command.
type Params struct {
	Raw string // their text, without surrounding white space
	// JSON is an object with an entry for each flag, and the other words in the list "_". The form is that of the
	// JavaScript library yargs-parser 22 without options, printed by JSON.stringify. It is "" when there are none.
	JSON string

	LongDash string // the beginning of the first word that begins with a long dash, which is no flag; "" for none
}

const (
	maxKeyParts = 4000 // of a dotted key, which bounds the depth of the JSON
	positional  = "_"  // the key of the words that are not flags
)

func parseParams(raw string) (Params, error) {
	params := Params{Raw: raw}
	parser := &paramParser{words: splitWords(raw), entries: newObject(), aliases: map[string]string{}}
	parser.entries.put(positional, &list{})
	for len(parser.words) > 0 && parser.err == nil {
		parser.read(parser.next())
	}
	if parser.err != nil {
		return params, fmt.Errorf("parse parameters: %w", parser.err)
	}
	params.JSON = string(appendJSON(nil, parser.entries))
	return params, nil
}

// splitWords splits text at blanks outside of quotes. Quotes may be anywhere in a word and stay a part of it; one that
// is not closed goes on to the end.
func splitWords(text string) []string {
	var words []string
	var quote byte
	text = js.Trim(text) + " "
	start := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == ' ' && (quote == 0 || i == len(text)-1):
			if i > start {
				words = append(words, text[start:i])
			}
			start = i + 1
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
	}
	return words
}

type paramParser struct {
	words   []string // the words not yet read
	entries *object
	aliases map[string]string // the other name of a key, in both directions
	err     error             // the first error
}

func (p *paramParser) next() string {
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

func (p *paramParser) read(word string) {
	name := strings.TrimLeft(word, "-")
	dashes := len(word) - len(name)
	switch {
	case word == "--":
		for len(p.words) > 0 {
			p.appendWord(p.next())
		}
	case dashes == 0, word == "-", dashes > 2 && (name == "" || name[0] == '='), isNegative(word):
		p.appendWord(coerce(word))
	case dashes > 1:
		p.readLong(word[len("--"):])
	default:
		p.readShort(name)
	}
}

// readLong reads a flag of two dashes: name=value, no-name, name value or name. A name ends with its line.
func (p *paramParser) readLong(flag string) {
	name := flag
	if end := strings.IndexFunc(flag, js.IsLineTerminator); end >= 0 {
		name = flag[:end]
	}
	if at := strings.Index(name, "="); at > 0 {
		p.set(name[:at], flag[at+1:])
		return
	}
	if negated, ok := strings.CutPrefix(name, "no-"); ok && negated != "" {
		p.set(negated, false)
		return
	}
	p.setToNext(name, startsFlag)
}

// readShort reads a flag of one dash: a dotted name, or letters of which each is a flag. What follows a letter and
// does not look like one more is its value.
func (p *paramParser) readShort(flag string) {
	letter, rest := cutRune(flag)
	if len(rest) > 1 && rest[0] == '.' {
		p.readDotted(flag)
		return
	}
	for rest != "" {
		value, ends := valueOfLetter(letter, rest)
		p.set(letter, value)
		if ends {
			return
		}
		letter, rest = cutRune(rest)
	}
	if letter != "-" {
		p.setToNext(letter, namesFlag)
	}
}

func cutRune(text string) (first, rest string) {
	_, size := utf8.DecodeRuneInString(text)
	return text[:size], text[size:]
}

// valueOfLetter returns the value of a letter in a group, from what follows it there, and whether that ends the group.
// An equals sign or another character between letters counts only if something follows it.
func valueOfLetter(letter, rest string) (value any, ends bool) {
	next, behind := cutRune(rest)
	switch {
	case behind != "" && next == "=":
		return behind, true
	case rest == "-":
		return rest, false
	case isLetter(letter[0]) && groupNumber.MatchString(rest), behind != "" && !isWordCharacter(next[0]):
		return rest, true
	}
	return true, false
}

func (p *paramParser) readDotted(flag string) {
	name, value, assigned := strings.Cut(flag, "=")
	if assigned && !strings.HasSuffix(name, ".") {
		p.set(name, value)
		return
	}
	p.setToNext(flag, startsWithDash)
}

func startsFlag(word string) bool {
	return strings.HasPrefix(word, "-") && !isNegative(word)
}

// namesFlag reports whether a word cannot be the value of a short flag. Dashes alone can.
func namesFlag(word string) bool {
	return startsFlag(word) && strings.Trim(word, "-") != ""
}

func startsWithDash(word string) bool { return strings.HasPrefix(word, "-") }

func (p *paramParser) setToNext(name string, isFlag func(word string) bool) {
	if len(p.words) > 0 && !isFlag(p.words[0]) {
		p.set(name, p.next())
		return
	}
	p.set(name, true)
}

// set stores a value under a key and under its alias. Text loses its quotes and becomes a number if it looks like one.
func (p *paramParser) set(name string, value any) {
	if strings.Count(name, ".") >= maxKeyParts {
		p.err = fmt.Errorf("a key has more than %d parts", maxKeyParts)
		return
	}
	if text, ok := value.(string); ok {
		value = coerce(withoutQuotes(text))
	}
	p.addAlias(name)
	p.entries.assign(name, value)
	if alias, ok := p.aliases[name]; ok {
		p.entries.assign(alias, value)
	}
}

// addAlias makes a key with dashes known by its camel-case name as well. The first alias of a key stays.
func (p *paramParser) addAlias(name string) {
	if _, known := p.aliases[name]; known || !strings.Contains(name, "-") {
		return
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = camelCase(part)
	}
	alias := strings.Join(parts, ".")
	p.aliases[name] = alias
	if _, known := p.aliases[alias]; !known {
		p.aliases[alias] = name
	}
}

func (p *paramParser) appendWord(word any) {
	words, ok := p.entries.values[positional].(*list)
	if !ok {
		p.err = errors.New(`the flag "--_" has replaced the list of words, which takes no more`)
		return
	}
	words.items = append(words.items, word)
}
